# Sound alone goes through the chain.
ffmpeg -v error -f lavfi -i sine=440:r=48000 -t 4 -c:a aac -ac 2 sound.mp4
ingest sound.mp4 | transcode-ladder --segment 2s --log-level error | hls-segment -o out --log-level error
echo "${PIPESTATUS[@]}"
ffmpeg -v warning -i out/master.m3u8 -map 0 -f null -
list out | grep -c '\.m4s$'
