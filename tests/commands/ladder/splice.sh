# A break of the source's SCTE-35 begins with an IDR picture and a segment in every rendition, and its
# date range begins where that segment does: by chunks, in one pass, from a file and through a pipe.
small_ladder
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=440:r=48000 -t 8 \
  -c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -c:a aac -ac 2 plain.ts
python3 "$CASES/add_scte35.py" plain.ts break.ts 1:out:7:3.4:2.2 1.5:out:7:3.4:2.2 4:in:7:5.6
for options in "--latency chunk" "--latency low" "--mode batch --work work"; do
  ingest break.ts | transcode-ladder --ladder small.toml --segment 2s --gop 2s --preset ultrafast \
    --log-level error $options > out.nut
  echo "$options: ${PIPESTATUS[*]}"
  for track in 0 1; do
    ffprobe -v error -select_streams v:$track -show_entries packet=pts,flags -of csv=p=0 out.nut |
      sort -n | awk -F, '/K/ { keys = keys " " NR - 1 } END { print NR " pictures, keys at" keys }'
  done
  hls-segment --log-level error --program-date-time 2026-11-22T12:00:00Z -o out out.nut
  for folder in 180p 90p; do
    sed -n 's/.*START-DATE="\([^"]*\)".*SCTE35-\(OUT\|IN\).*/\2 \1/p; s/#EXT-X-PROGRAM-DATE-TIME://p' \
      out/$folder/index.m3u8 | tr '\n' ' '
    echo
  done
  probe --strict out/master.m3u8 >probe.txt || { echo "probe $?"; cat probe.txt; }
  rm -r out
done
