# SIGTERM: viewers get what there is, whole, nobody new is taken, and the exit status is 0.
. "$CASES/edge_lib.sh"
gop=25
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -t 8 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p clip.flv
mkdir www
cp clip.flv www/large.bin
begin_edge --batch 50ms --hls www
ffmpeg -v error -re -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$rtmp/live/show" 2>/dev/null &
publisher=$!
until_live show
curl -s -m 20 -o http.flv "http://127.0.0.1:$http/live/show.flv" &
viewer=$!
rtmpdump -q -v -r "rtmp://127.0.0.1:$rtmp/live/show" -o rtmp.flv 2>rtmpdump.txt &
player=$!
until [ -s http.flv ] && [ -s rtmp.flv ]; do sleep 0.05; done
end_edge
wait $viewer && echo "the viewer is done"
wait $player && echo "the player is done"
wait $publisher || echo "the publisher is put out"
curl -s -m 1 "http://127.0.0.1:$http/hls/large.bin" || echo "nobody listens"
# Up to where they were put out.
for file in http.flv rtmp.flv; do
  picture_sums $file >viewer.sums
  picture_sums clip.flv | head -n "$(wc -l <viewer.sums)" | cmp -s - viewer.sums && [ -s viewer.sums ] && echo "$file: whole"
done
tail -1 log.txt
