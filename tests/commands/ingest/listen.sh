# Publishers over RTMP: the right one is let in, comes back, and gives one stream.
make_clip clip.flv 4
echo "show:right" >keys
chmod 600 keys
begin() {  # OPTION...
  port=$((20000 + RANDOM % 10000))
  : >log.txt
  ingest --listen rtmp://127.0.0.1:$port/live "$@" >live.nut 2>log.txt &
  until_listening log.txt $!
}
publish() { ffmpeg -v error -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$port/$1" 2>/dev/null && echo taken || echo refused; }
said() { sed -E "s/:[0-9]+\//:PORT\//" log.txt | grep -vE 'nothing has come|the input is back'; }

echo "== keys"
begin --key-file keys --reconnect-window 1500ms
publish "live/show?key=wrong"
publish "live/show"
publish "other/show?key=right"
publish "live/show?key=right"
publish "live/show?key=right"
wait $!
echo "exit $?"
said
hls-segment live.nut --playlist event --segment 2s --log-level error -o out
grep -hE '^#EXT-X-(DISCONTINUITY$|ENDLIST)|^#EXTINF' out/180p/index.m3u8
ffmpeg -v error -i live.nut -map 0:v -c copy -f framemd5 - | grep -vc '^#'

echo "== the first that comes, and a stop"
begin
publish "live/one"
publish "live/two"
kill -TERM $!
wait $!
echo "exit $?"
said

echo "== nobody came"
begin
kill -TERM $!
wait $!
echo "exit $?"

echo "== usage"
status ingest --listen rtmp://0.0.0.0/live
status ingest --listen http://127.0.0.1/live
status ingest clip.flv --listen rtmp://127.0.0.1:1935/live
status ingest --listen rtmp://127.0.0.1:1935/live --key-file missing
status ingest --listen rtmps://127.0.0.1:1935/live
