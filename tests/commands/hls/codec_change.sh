# One transport stream whose program map puts HEVC in the place of H.264, and back, with AC-3 for AAC.
clip() {  # CODEC SOUND BEGIN FILE [OPTION...]
  ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25:duration=4 \
    -f lavfi -i sine=440:r=48000:d=4 -c:v "$1" -preset ultrafast "${@:5}" -pix_fmt yuv420p \
    -c:a "$2" -ac 2 -output_ts_offset "$3" "$4"
}
clip libx264 aac 0 a.ts -g 50
clip libx265 aac 4 b.ts -x265-params log-level=error:keyint=50:min-keyint=50:bframes=0
clip libx264 ac3 8 c.ts -g 50
cat a.ts b.ts c.ts >all.ts

. "$CASES/hls_sections.sh"

for options in '' '--type ts' '--playlist event --part 500ms' '--playlist live --window 1m --dash'; do
  echo "== $options"
  # shellcheck disable=SC2086
  hls-segment all.ts --segment 2s $options -o out 2>said || echo "exit $?"
  grep -v 'no cut grid' said || true
  grep -o 'CODECS="[^"]*"' out/master.m3u8 | head -1
  grep -E '^#EXT(INF|-X-MAP|-X-DISC)' out/180p/index.m3u8 | tr '\n' ' '
  echo
  sections out/180p/index.m3u8
  [ -z "$options" ] || { rm -r out; continue; }
  probe --check out/master.m3u8 | grep -E '^(must|should)' || true
  mv out file
done

echo '== a pipe gives the same'
ingest all.ts 2>/dev/null | hls-segment --segment 2s -o pipe 2>/dev/null || echo "exit $?"
for name in 180p audio; do
  (cd file/$name && cat seg-*) | cmp - <(cd pipe/$name && cat seg-*) && echo same
done

echo '== a ladder goes on'
small_ladder
transcode-ladder all.ts --ladder small.toml 2>/dev/null | hls-segment --segment 2s -o ladder 2>/dev/null || echo "exit $?"
grep -E '^#EXT(INF|-X-DISC)' ladder/180p/index.m3u8 | tr '\n' ' '
echo
ffprobe -v error -count_frames -select_streams v -show_entries stream=codec_name,nb_read_frames \
  -of csv=p=0 ladder/180p/index.m3u8 | head -1

echo '== through FLV'
flv-mux all.ts -o all.flv 2>&1
hls-segment all.flv --segment 2s -o flv 2>&1 | grep "rendition .*: .* from"
sections flv/180p/index.m3u8

echo '== what cannot change'
status ingest all.ts --record all.mp4 -o /dev/null
status ingest all.ts --loop 2 -o /dev/null
status hls-segment all.ts --segment 2s --type packed -o packed | tail -2

# The last picture waits for its other field, and comes out when the section ends.
echo '== an interlaced section'
clip libx264 aac 4 d.ts -g 50 -flags +ilme+ildct
cat b.ts d.ts c.ts >fields.ts
status hls-segment fields.ts --segment 2s -o fields | tail -1
sections fields/180p/index.m3u8
