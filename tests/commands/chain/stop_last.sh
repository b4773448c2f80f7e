# The last tool is stopped: it closes its playlists, and the ones before it end cleanly.
small_ladder
mkfifo ladder
{ ingest test:size=320x180,rate=25 --realtime; echo "ingest $?" >ingest.status; } |
  { transcode-ladder --ladder small.toml --segment 1s --log-level error; echo "transcode-ladder $?" >ladder.status; } >ladder &
hls-segment -o out --playlist event --log-level error <ladder &
sink=$!
for _ in $(seq 200); do [ -e out/master.m3u8 ] && break; sleep 0.1; done
kill -TERM "$sink"
wait "$sink"
echo "hls-segment $?"
wait
cat ingest.status ladder.status
tail -qn 1 out/*/index.m3u8
