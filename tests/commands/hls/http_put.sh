# What is put to a server is what would be in a folder, but for the state, which could not be read back:
# VOD, TS, and live with its window.
. "$CASES/web_server.sh"
serve "client_max_body_size 10m;
  types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; video/mp4 mp4; video/iso.segment m4s; }
  gzip on; gzip_types application/vnd.apple.mpegurl;"
make_clip clip.mp4 12
compare() {
  local name=$1
  shift
  hls-segment --segment 2s --log-level error "$@" -o "local/$name" clip.mp4; echo "exit $?"
  hls-segment --segment 2s --log-level error "$@" -o "http://us%20er:hidden@127.0.0.1:$port/put%20here/$name" clip.mp4
  echo "exit $?"
  diff -r -x .hls-segment.json "local/$name" "www/put here/$name" && echo "$name: the same"
}
compare vod
compare ts --type ts
compare live --playlist live --window 4s --program-date-time 2026-01-01T00:00:00Z
compare event --playlist event --program-date-time 2026-01-01T00:00:00Z
# Again into the same place: what was there is replaced.
hls-segment --segment 2s --type ts --log-level error -o "http://127.0.0.1:$port/put%20here/vod" clip.mp4
list "www/put here/vod" | grep -c 'ts$'
ffmpeg -v warning -i "http://127.0.0.1:$port/put%20here/event/master.m3u8" -map 0 -f null -
probe "http://127.0.0.1:$port/put%20here/ts/master.m3u8" >probe.txt || { echo "probe $?"; cat probe.txt; }
grep -q '"PUT .* 201 .*"weir/' access.log || echo "nothing was made"
grep '"PUT ' access.log | grep -vc ' 20[14] ' || true
