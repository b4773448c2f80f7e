# Every entry of an I-frame playlist, behind its initialization section, is one key picture.
small_ladder
ingest test:size=320x180,rate=25 --duration 8s |
  transcode-ladder --ladder small.toml --segment 4s --gop 2s --log-level error -o stream.nut
for type in fmp4 ts; do
  hls-segment stream.nut --type $type -o $type --log-level error
  grep I-FRAME-STREAM $type/master.m3u8 | sed 's/BANDWIDTH=[0-9]*/BANDWIDTH=N/g'
  sed 's/BYTERANGE:.*/BYTERANGE:N/' $type/180p/iframes.m3u8
  python3 "$CASES/iframes.py" $type/180p/iframes.m3u8
  probe $type/master.m3u8 >probe.txt || { echo "probe $?"; cat probe.txt; }
done
hls-segment stream.nut --no-iframes -o without --log-level error
grep -c I-FRAME without/master.m3u8
[ -e without/180p/iframes.m3u8 ] || echo none
