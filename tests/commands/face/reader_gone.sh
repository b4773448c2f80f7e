# A reader that goes away is a clean stop.
make_clip clip.mp4 4
small_ladder
ingest clip.mp4 | head -c 1000 >/dev/null
echo "${PIPESTATUS[@]}"
ingest clip.mp4 | transcode-ladder --ladder small.toml --log-level error | head -c 1000 >/dev/null
echo "${PIPESTATUS[@]}"
flv-mux clip.mp4 -o - | head -c 1000 >/dev/null
echo "${PIPESTATUS[@]}"
probe clip.mp4 | head -c 10 >/dev/null
echo "${PIPESTATUS[@]}"
