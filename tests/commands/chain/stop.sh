# A signal in the middle finishes every file: what is there plays, and the playlists are closed.
small_ladder
mkfifo pipe ladder
ingest test:size=320x180,rate=25 --realtime >pipe &
source=$!
transcode-ladder --ladder small.toml --segment 1s --log-level error <pipe >ladder &
middle=$!
hls-segment -o out --playlist event --log-level error <ladder &
sink=$!
for _ in $(seq 200); do [ -e out/master.m3u8 ] && break; sleep 0.1; done
[ -e out/master.m3u8 ] || echo "nothing was published"
kill -TERM "$source"
for job in $source $middle $sink; do wait "$job"; echo "exit $?"; done
tail -qn 1 out/*/index.m3u8
ffmpeg -v warning -i out/master.m3u8 -map 0 -f null -
list out | grep tmp || true
