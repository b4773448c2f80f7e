# Packed audio: ffmpeg reads it in step with the pictures, sample for sample what MPEG-TS carries.
make_clip clip.mp4 6
hls-segment clip.mp4 --segment 2s --type packed -o packed --log-level error
hls-segment clip.mp4 --segment 2s --type ts -o ts --log-level error
list packed
head -c 64 packed/audio/seg-00001.aac | tail -c 44 | tr -d '\0'
echo
for kind in a v; do
  for out in packed ts; do
    ffmpeg -v warning -i $out/master.m3u8 -map 0:$kind -c copy -f framemd5 - | grep -v '^#' | cut -d, -f 2-5 > $out.$kind
  done
  cmp packed.$kind ts.$kind && wc -l < packed.$kind
done
probe --strict packed/master.m3u8 > probe.txt || { echo "probe $?"; cat probe.txt; }
cat packed/audio/index.m3u8
status hls-segment clip.mp4 --type packed -o no --encrypt sample-aes
status hls-segment clip.mp4 --type packed -o no --playlist live --part 500ms
ffmpeg -v error -i clip.mp4 -vn -c:a flac flac.mka
status hls-segment flac.mka --type packed -o no
