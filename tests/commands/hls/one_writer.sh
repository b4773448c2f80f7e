# A second run into a folder that is being written is refused, and takes nothing away; after a kill
# the folder is free at once.
make_clip clip.mp4 4
mkfifo pipe
hls-segment --playlist live --segment 1s -o out <pipe 2>/dev/null &
first=$!
exec 3>pipe
ingest clip.mp4 --loop 3 --log-level error >&3
while [ ! -e out/master.m3u8 ]; do sleep 0.05; done
status hls-segment --playlist live --segment 1s -o out clip.mp4
status hls-segment -o out clip.mp4
{ kill -9 $first; wait $first; } 2>/dev/null
exec 3>&-
hls-segment --playlist live --segment 1s -o out clip.mp4 --log-level error
echo "exit $?"
grep -c DISCONTINUITY$ out/180p/index.m3u8
