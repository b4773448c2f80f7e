# A disk that is full, and a folder that is moved away, end a live run with one line. What is listed is
# there and whole, and the next run goes on.
make_clip clip.mp4 20
run() { hls-segment --log-level error --playlist event --segment 2s -o disk/out "$@" 2>&1; echo "exit $?"; }
whole() {
  for name in 180p audio; do
    awk '/^#EXT-X-GAP/ { gap = 1 } /^seg/ { if (!gap) print; gap = 0 }' disk/out/$name/index.m3u8 |
      while read -r file; do
        cat disk/out/$name/init.mp4 "disk/out/$name/$file" >whole.mp4
        ffprobe -v error whole.mp4 || echo "$file is torn"
      done
    for tag in INF -X-GAP; do
      echo "$name: $tag $(grep -c "^#EXT$tag" disk/out/$name/index.m3u8)"
    done
  done
  find disk -name '.*' -type f
}
mkdir disk

echo "== the folder is moved away"
mkfifo pipe
ingest clip.mp4 >clip.nut
half=$(($(stat -c %s clip.nut) / 2))
run - <pipe >log.txt &
exec 3>pipe
head -c $half clip.nut >&3
while [ ! -e disk/out/audio/index.m3u8 ]; do sleep 0.1; done
mv disk/out disk/gone
tail -c +$((half + 1)) clip.nut >&3
exec 3>&-
wait
sed -E "s/'.*'/FILE/" log.txt
ls disk

echo "== the disk is full"
export -f run whole
unshare -rm true 2>/dev/null || skip "no file system can be mounted here"
unshare -rm bash -c '
  mount -t tmpfs -o size=600k none disk
  run clip.mp4
  whole
  mount -o remount,size=10m disk
  run clip.mp4
  whole
'
