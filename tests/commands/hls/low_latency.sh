# Parts: a segment is its parts byte for byte, players that know nothing of them are content, and
# what does not go with them is refused.
make_clip clip.mp4 10
small_ladder
date="--program-date-time 2026-01-01T00:00:00Z"
package() {
  hls-segment --playlist event --part 500ms $date --log-level error "$@"
}
ingest clip.mp4 | transcode-ladder --ladder small.toml --gop 2s --segment 4s --preset ultrafast \
  --log-level error | package -o out
for segment in out/*/seg-0000?.m4s; do
  cat "${segment%.m4s}".?.m4s | cmp - "$segment"
done
sed -n '/SERVER-CONTROL/,$p' out/180p/index.m3u8 | grep -v MEDIA-SEQUENCE
grep RENDITION-REPORT out/audio/index.m3u8
for list in master 180p/index audio/index; do
  ffmpeg -v warning -i "out/$list.m3u8" -map 0 -f null - && echo "$list plays"
done
probe --strict out/master.m3u8 >probe.txt || { echo "probe $?"; cat probe.txt; }
# Without a grid: the same segments as without parts.
package --segment 4s -o foreign clip.mp4
hls-segment --playlist event $date --log-level error --segment 4s -o whole clip.mp4
for folder in foreign whole; do
  grep -h EXTINF "$folder"/*/index.m3u8 >"$folder.txt"
  ffmpeg -v warning -i "$folder/master.m3u8" -map 0 -c copy -f framemd5 - | grep -v '^#' >"$folder.md5"
done
cmp foreign.txt whole.txt && cmp foreign.md5 whole.md5 && echo "the same segments"
# Samples are encrypted part by part.
package --segment 4s --encrypt cbcs -o secret clip.mp4
for folder in foreign secret; do
  ffmpeg -v warning -allowed_extensions ALL -i "$folder/180p/index.m3u8" -f framemd5 - | grep ^0 >"$folder.md5"
done
cmp foreign.md5 secret.md5 && echo "the same pictures"
# One part that is there is one that can be decoded behind its init section.
cat foreign/180p/init.mp4 foreign/180p/seg-00001.1.m4s |
  ffprobe -v error -count_packets -show_entries stream=nb_read_packets -of csv=p=0 -
status hls-segment --part 500ms -o no clip.mp4
status hls-segment --part 500ms --playlist live --type ts -o no clip.mp4
status hls-segment --part 500ms --playlist live --encrypt aes-128 -o no clip.mp4
status hls-segment --part 10ms --playlist live -o no clip.mp4
ls no 2>&1
