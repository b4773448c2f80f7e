# An input that stalls: gaps on the clock, then the stream goes on behind a discontinuity.
make_clip clip.mp4 8
small_ladder
transcode-ladder clip.mp4 --ladder small.toml --gop 1s --segment 1s --log-level error >ladder.nut
half=$(($(stat -c %s ladder.nut) / 2))
{ head -c $half ladder.nut; sleep 6; tail -c +$((half + 1)) ladder.nut; } |
  hls-segment --playlist event --gap-after 1s -o out 2>log.txt
echo "exit $?"
sed -E 's/[0-9]+\.[0-9]/N/' log.txt | grep -E 'nothing|back|stamps'
for name in 180p audio; do
  grep -cE '^#EXT-X-(GAP|DISCONTINUITY$)' out/$name/index.m3u8 >count.txt && echo "$name has gaps and a break"
done
# Where the bytes were cut decides which rendition lacks the last pictures before the gap.
probe --check out/master.m3u8 >probe.txt 2>/dev/null
grep '^must' probe.txt | grep -v 'draft-EXTINF .*seg-00003'
ffmpeg -v error -i out/180p/index.m3u8 -map 0 -c copy -f framemd5 - | grep -vc '^#'
