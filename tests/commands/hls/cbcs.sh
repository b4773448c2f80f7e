# METHOD=SAMPLE-AES in fMP4 is common encryption, scheme cbcs: ffmpeg plays it, H.264 and HEVC.
make_clip avc.mp4 6
ffmpeg -v error -i avc.mp4 -c:a copy -c:v libx265 -x265-params log-level=none:keyint=50:min-keyint=50:open-gop=0:slices=2 \
  -preset ultrafast -tag:v hvc1 hevc.mp4
frames() { ffmpeg -v warning -allowed_extensions ALL -i $1/$2/index.m3u8 -f framemd5 - | grep ^0; }
for clip in avc hevc; do
  hls-segment $clip.mp4 --segment 2s -o $clip-clear --log-level error
  hls-segment $clip.mp4 --segment 2s -o $clip --encrypt cbcs --log-level error
  for part in 180p audio; do
    cmp <(frames $clip-clear $part) <(frames $clip $part) && echo "$clip: $part is the same, $(frames $clip $part | wc -l) frames"
    cmp -s $clip-clear/$part/seg-00001.m4s $clip/$part/seg-00001.m4s && echo "and was not encrypted"
  done
  ffmpeg -v warning -allowed_extensions ALL -i $clip/master.m3u8 -map 0 -f null -
  probe --strict $clip/master.m3u8 >probe.txt || { echo "probe $?"; cat probe.txt; }
done
sed 's/IV=.*/IV/' avc/180p/index.m3u8
# With a key by itself: the file, read as a pipe.
cat avc/180p/init.mp4 avc/180p/seg-*.m4s |
  ffmpeg -v warning -decryption_key "$(od -An -v -tx1 avc/key-00000.key | tr -d ' \n')" -i - -f null - && echo "decrypted"
