# A pipe stream without its end mark was cut off: files are finished, status 4.
small_ladder
make_clip clip.mp4 4
ingest clip.mp4 | transcode-ladder --ladder small.toml --segment 1s --log-level error >whole.nut
head -c $(($(stat -c %s whole.nut) / 2)) whole.nut >half.nut
status flv-mux half.nut --rendition 90p -o half.flv
status hls-segment half.nut -o out --log-level error
tail -qn 1 out/*/index.m3u8
ffmpeg -v error -i half.flv -f null - && echo "the FLV plays"
