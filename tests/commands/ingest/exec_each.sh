# Several publishers at once: each stream goes to a program of its own, and one touches no other.
make_clip clip.flv 4
begin() {  # OPTION...
  port=$((20000 + RANDOM % 10000))
  : >log.txt
  ingest --listen rtmp://127.0.0.1:$port/live "$@" 2>log.txt &
  until_listening log.txt $!
}
publish() { ffmpeg -v error -re -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$port/live/$1" 2>/dev/null && echo "$1 taken" || echo "$1 refused"; }
until_said() { until grep -q "$1" log.txt; do sleep 0.05; done; }
said() { sed -E "s/:[0-9]+\//:PORT\//" log.txt | LC_ALL=C sort; }
package="hls-segment --playlist event --segment 2s --log-level error -o out/{stream}"

echo "== three streams, and a stop"
begin --exec-each "$package" --max-streams 3
server=$!
publish one >one.txt &
publishers=$!
publish zweiü >two.txt &
publishers="$publishers $!"
publish three >three.txt &
wait $publishers $!
cat one.txt two.txt three.txt
publish four
kill -TERM $server
wait $server
echo "exit $?"
said
for name in one zweiü three; do
  echo "$name: $(ffmpeg -v error -i "out/$name/180p/index.m3u8" -map 0:v:0 -f framemd5 - | grep -vc '^#') pictures," \
    "$(grep -c ENDLIST "out/$name/180p/index.m3u8") end"
done

echo "== a program that fails, beside one that does not"
cat >program <<'P'
#!/bin/sh
case $1 in bad) head -c 100000 >/dev/null; exit 3 ;; *) exec cat >"$1.nut" ;; esac
P
chmod +x program
begin --exec-each "./program {stream}" --reconnect-window 500ms
server=$!
publish good >good.txt &
publisher=$!
publish bad
publish bad
wait $publisher
cat good.txt
until_said "stream 'good': './program' ended"
publish -x
publish .hidden
kill -TERM $server
wait $server
echo "exit $?"
said
ffmpeg -v error -i good.nut -map 0:v -c copy -f framemd5 - | grep -vc '^#'
ls -A | grep -E 'hidden|^-' || echo "nothing of the others"

echo "== a program that is not there"
begin --exec-each "./missing {stream}"
publish any
kill -TERM $!
wait $!
echo "exit $?"
said

echo "== a program that takes nothing is no reason to stay"
begin --exec-each "sleep 1000"
server=$!
publish any
kill -TERM $server
wait $server
echo "exit $?"
said

echo "== usage"
status ingest --exec-each cat
status ingest --listen rtmp://127.0.0.1:1935/live --exec-each "{stream} -o x"
status ingest --listen rtmp://127.0.0.1:1935/live --exec-each "cat 'x"
status ingest --listen rtmp://127.0.0.1:1935/live --exec-each cat --stream one
status ingest --listen rtmp://127.0.0.1:1935/live --exec-each cat --stats json
status ingest --listen rtmp://127.0.0.1:1935/live --exec-each cat --max-streams 0
