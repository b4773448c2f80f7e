# A ladder goes into one FLV and comes out of it with every packet it had, at its millisecond. Key
# pictures are compared decoded: their parameter sets travel apart.
small_ladder
ingest test:size=320x180,rate=25 --duration 4s |
  transcode-ladder --ladder small.toml --segment 2s --log-level error |
  tee ladder.nut | flv-mux --multitrack -o ladder.flv --log-level error
echo "${PIPESTATUS[@]}"
ingest ladder.flv -o back.nut --log-level error
for stream in ladder back; do
  ffprobe -v error -show_data_hash md5 -show_entries packet=codec_type,pts_time,flags,data_hash \
    -of csv=p=0 $stream.nut | grep -v ^data | tr , ' ' | sed 's/^\(video .*K_\) .*/\1 key/' |
    LC_ALL=C sort -k1,1 -k4,4 -k2,2n >$stream.txt
  ffmpeg -v error -i $stream.nut -map 0:v -f framemd5 - 2>&1 | grep -v '^#' | sed 's/.*, //' |
    LC_ALL=C sort >$stream.pictures
done
paste -d' ' ladder.txt back.txt | awk '
  function far(a, b) { return a - b > 0.0011 || b - a > 0.0011 }
  $1 != $5 || $4 != $8 || far($2, $6) { ++lost }
  END { print NR, "packets,", lost + 0, "lost or moved" }'
cmp ladder.pictures back.pictures && echo "$(wc -l <back.pictures) pictures"
# A plain player finds the largest picture and the sound.
ffprobe -v error -show_entries stream=codec_name,width -of csv=p=0 ladder.flv | grep -E "h264|aac" | LC_ALL=C sort
hls-segment ladder.flv -o out --log-level error
list out | grep m3u8
