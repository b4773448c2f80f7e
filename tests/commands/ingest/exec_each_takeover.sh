# With --exec-each a second publisher of a name takes over at once: its program goes on, and another
# stream beside it loses nothing.
make_clip clip.flv 6
cat >program <<'P'
#!/bin/sh
echo "$1" >>started
exec cat >"$1.nut"
P
chmod +x program
port=$((20000 + RANDOM % 10000))
: >log.txt
ingest --listen rtmp://127.0.0.1:$port/live --exec-each "./program {stream}" --reconnect-window 1s 2>log.txt &
server=$!
until_listening log.txt $server
publish() { ffmpeg -v error -re -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$port/live/$1" 2>/dev/null && echo taken || echo "put out"; }
publish other >other.txt &
publishers=$!
publish shared >first.txt &
publishers="$publishers $!"
until [ -s shared.nut ]; do sleep 0.05; done
sleep 1
publish shared >second.txt &
wait $publishers $!
until grep -q "stream 'shared': './program' ended" log.txt; do sleep 0.05; done
kill -TERM $server
wait $server
echo "exit $?"
cat other.txt first.txt second.txt
LC_ALL=C sort started
grep -oE "stream '[a-z]*': a publisher at .* takes over.*" log.txt
events() { ffmpeg -v error -i "$1" -map 0:d -c copy -f data - | grep -aoE '"event":"(discontinuity|gap|end)"'; }
for name in other shared; do
  echo "$name: $(events $name.nut | tr '\n' ' ')"
  ffmpeg -v error -i $name.nut -f null - && echo "plays"
done
echo "$(pictures other.nut) pictures of the other"
# As long as the clock says: what the first gave, and all of the second.
ffprobe -v error -select_streams v -show_entries packet=dts_time -of csv=p=0 shared.nut | tr -d , |
  awk 'NR > 1 && $1 <= last { back++ } { last = $1 } END { print back + 0, "go back,", (last > 6.9 && last < 9.5 ? "long enough" : last) }'
