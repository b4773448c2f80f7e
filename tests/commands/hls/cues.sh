# A break that SCTE-35 announces stands in every media playlist at its own moment, whatever the clock
# of the source shows; here it wraps between the announcement and the break.
ffmpeg -v error -f lavfi -i testsrc2=size=160x90:rate=25 -f lavfi -i sine=440:r=48000 -t 12 \
  -c:v libx264 -preset ultrafast -bf 0 -g 50 -pix_fmt yuv420p -c:a aac -ac 2 \
  -output_ts_offset 95438 plain.ts
python3 "$CASES/add_scte35.py" plain.ts wrapped.ts 0.5:out:7:6:4 2.5:out:7:6:4 8:in:7:9.96 9:cancel:8:now
ffmpeg -v error -i wrapped.ts -map 0 -c copy -f null - && echo "ffmpeg reads it"
for type in vod event; do
  hls-segment wrapped.ts --playlist $type --program-date-time 2026-11-22T12:00:00Z --segment 2s -o $type \
    --log-level error
  for folder in 90p audio; do
    grep DATERANGE $type/$folder/index.m3u8
  done
  probe --strict $type/master.m3u8 >probe.txt || { echo "probe $?"; cat probe.txt; }
  ffmpeg -v warning -i $type/master.m3u8 -map 0:v:0 -c copy -f null - && echo "ffmpeg plays it"
done
