# Picture alone goes through the chain.
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -t 4 -c:v libx264 -preset ultrafast picture.mp4
small_ladder
ingest picture.mp4 | transcode-ladder --ladder small.toml --segment 2s --log-level error | hls-segment -o out --log-level error
echo "${PIPESTATUS[@]}"
ffmpeg -v warning -i out/master.m3u8 -map 0 -f null -
echo "$(pictures out/180p/index.m3u8) $(pictures out/90p/index.m3u8)"
