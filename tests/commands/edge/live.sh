# Published over RTMP by ffmpeg and by flv-mux; ffmpeg, curl and rtmpdump see it from a key frame to its end.
. "$CASES/edge_lib.sh"
gop=50
make_clip clip.flv 6
echo "show:right" >keys
chmod 600 keys
begin_edge --key-file keys --batch 50ms --reconnect-window 500ms

# watch PUBLISHER: all begin within the stream, and end with it.
watch() {
  until_live show
  local url="http://127.0.0.1:$http/live/show.flv" viewers
  curl -s -m 20 -o curl.flv "$url" & viewers=$!
  ffmpeg -v error -i "$url" -c copy -y ffmpeg.flv 2>ffmpeg.txt & viewers+=" $!"
  rtmpdump -q -v -r "rtmp://127.0.0.1:$rtmp/live/show" -o rtmpdump.flv 2>rtmpdump.txt & viewers+=" $!"
  wait "$1" && echo published
  for one in $viewers; do wait "$one" || echo "a viewer failed with $?"; done
  whole clip.flv curl.flv ffmpeg.flv rtmpdump.flv
  rm -f curl.flv ffmpeg.flv rtmpdump.flv
}

echo "== refused"
for name in live/show "live/show?key=wrong" "other/show?key=right"; do
  ffmpeg -v error -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$rtmp/$name" 2>/dev/null && echo taken || echo refused
done
curl -s -m 5 -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:$http/live/show.flv"

echo "== ffmpeg publishes"
ffmpeg -v error -re -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$rtmp/live/show?key=right" &
watch $!

until_gone show
echo "== flv-mux publishes"
ingest --realtime clip.flv --log-level error | flv-mux --push "rtmp://127.0.0.1:$rtmp/live/show?key=right" --log-level error &
watch $!

end_edge
sed 's/port [0-9]*/port N/; s/at 127.*gives/at HOST gives/' log.txt
