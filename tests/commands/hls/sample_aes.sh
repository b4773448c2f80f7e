# METHOD=SAMPLE-AES in MPEG-TS: ffmpeg decrypts it. Its demuxer gives out what it has read ahead at
# the end of a playlist without decrypting it: the last two pictures are not looked at.
make_clip clip.mp4 6
frames() {
  ffmpeg -v error -allowed_extensions ALL -i $1/$2/index.m3u8 -f framemd5 - 2>$1.words | grep ^0 | head -n ${3:--0}
}
hls-segment clip.mp4 --segment 2s --type ts -o clear --log-level error
hls-segment clip.mp4 --segment 2s --type ts -o sample --encrypt sample-aes --log-level error
for part in '180p -2' audio; do cmp <(frames clear $part) <(frames sample $part) && echo "$part is the same"; done
frames sample audio | wc -l
cat sample.words
cmp -s clear/180p/seg-00001.ts sample/180p/seg-00001.ts || echo "and was encrypted"
probe --strict sample/master.m3u8 >probe.txt || { echo "probe $?"; cat probe.txt; }
sed 's/IV=.*/IV/' sample/180p/index.m3u8
