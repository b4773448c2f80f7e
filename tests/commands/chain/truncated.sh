# A file that breaks off: what was good is delivered, and every tool says 4.
make_clip whole.mp4 4
ffmpeg -v error -i whole.mp4 -c copy -movflags +faststart first.mp4
head -c $(($(stat -c %s first.mp4) * 6 / 10)) first.mp4 >cut.mp4
head -c $(($(stat -c %s whole.mp4) * 6 / 10)) whole.mp4 >headless.mp4
small_ladder
for tool in "ingest" "transcode-ladder --ladder small.toml --log-level error" "flv-mux" "probe"; do
  status $tool cut.mp4 >said.txt
  tail -1 said.txt
done
for tool in $tools; do open_with "$tool" headless.mp4; done
rm -rf out
ingest cut.mp4 2>>said | transcode-ladder --ladder small.toml --log-level error 2>>said | hls-segment -o out --log-level error 2>>said
echo "${PIPESTATUS[@]}"
wc -l <said
tail -qn 1 out/*/index.m3u8
