# A foreign stream whose stamps jump: time that is lost is listed as gaps, a new beginning goes on
# behind a discontinuity, and a wrap is nothing at all.
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=440:r=48000 -t 10 \
  -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac -ac 2 clip.mp4
at() { ffmpeg -v error -i clip.mp4 -c copy -bsf:v h264_mp4toannexb -output_ts_offset "$1" -f mpegts -; }
at 50 >begin.ts
{ cat begin.ts; at 90; } >lost.ts
{ cat begin.ts; at 5000; } >ahead.ts
{ cat begin.ts; at 0; } >back.ts
at 95437 >wrap.ts
for name in lost ahead back wrap; do
  for playlist in vod event; do
    echo "== $name, $playlist"
    hls-segment --playlist $playlist --program-date-time 2026-01-01T00:00:00Z --segment 4s -o out $name.ts 2>&1 |
      grep -E 'stamps|nothing'
    grep -hE '^#EXT-X-(DISCONTINUITY$|GAP)|^#EXTINF' out/180p/index.m3u8 | tr '\n' ' '
    echo
    probe --check out/master.m3u8 >probe.txt 2>&1 || cat probe.txt
    pictures out/180p/index.m3u8
    rm -r out
  done
done
