# One file for each rendition: ffmpeg and probe read it by byte ranges, and it plays by itself.
make_clip clip.mp4 6
frames() {
  ffmpeg -v warning -allowed_extensions ALL -i $1 -map 0:v -map 0:a -c copy -f framemd5 - | grep -v '^#'
}
for type in fmp4 ts packed; do
  hls-segment clip.mp4 --segment 2s --type $type -o parted --log-level error
  hls-segment clip.mp4 --segment 2s --type $type --single-file -o one --log-level error
  cmp <(frames parted/master.m3u8) <(frames one/master.m3u8) && echo "$type is the same"
  probe --strict one/master.m3u8 > probe.txt || { echo "probe $?"; cat probe.txt; }
  list one
  rm -r one parted
done
hls-segment clip.mp4 --segment 2s --single-file -o one --log-level error
hls-segment clip.mp4 --segment 2s --single-file --encrypt cbcs -o secret --log-level error
cmp <(frames secret/master.m3u8) <(frames one/master.m3u8) && echo 'encrypted is the same'
probe --strict secret/master.m3u8 > probe.txt || { echo "probe $?"; cat probe.txt; }
sed 's/BYTERANGE[:=].*/BYTERANGE/; s/,IV=.*//' secret/180p/index.m3u8
ffmpeg -v warning -i one/180p/media.mp4 -f framemd5 - | grep -vc '^#'
status hls-segment clip.mp4 --single-file --playlist live -o no
status hls-segment clip.mp4 --single-file --encrypt aes-128 -o no
