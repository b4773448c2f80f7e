# SIGHUP: certificates, keys and rules are new for those who come, viewers stay; what is wrong changes nothing.
. "$CASES/edge_lib.sh"
gop=25
certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -batch -keyout key.pem -out certificate.pem 2>/dev/null
}
certificate
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -t 8 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p clip.flv
printf 'show:first\n' >keys
chmod 600 keys
https=$((14000 + RANDOM % 3000))
doors=3
cat >edge.toml <<T
[listen]
https = "127.0.0.1:$https"

[tls]
certificate = "certificate.pem"
key = "key.pem"

[publish]
key_file = "keys"
reconnect_window = "300ms"

[live]
batch = "50ms"
T
cp edge.toml good.toml
begin_edge --config edge.toml --access-log access.json
shown() { openssl s_client -connect 127.0.0.1:$https </dev/null 2>/dev/null | openssl x509 -noout -fingerprint; }
hang_up() {
  local before=$(grep -c "$1" log.txt)
  kill -HUP $server
  until [ "$(grep -c "$1" log.txt)" -gt "$before" ]; do sleep 0.05; done
}
push() { ffmpeg -v error $3 -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$rtmp/live/$1?key=$2" 2>/dev/null; }

push show first -re &
publisher=$!
until_live show
curl -s -m 20 -o http.flv "http://127.0.0.1:$http/live/show.flv" & viewers=$!
curl -s -m 20 --http1.1 --cacert certificate.pem -o https.flv "https://localhost:$https/live/show.flv" & viewers+=" $!"
until [ -s http.flv ] && [ -s https.flv ]; do sleep 0.05; done

echo "== new certificate, keys and rules"
old=$(shown)
certificate
printf 'other:second\n' >keys
printf '\n[access]\ndeny = ["127.0.0.1"]\n' >>edge.toml
mv access.json access.1
hang_up "has read its configuration again"
[ "$(shown)" != "$old" ] && echo "another certificate"
push show first || echo "the old key is refused"
curl -s -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:$http/live/show.flv"
sleep 1.2
[ -s access.json ] && echo "another access log"

echo "== what is wrong changes nothing"
now=$(shown)
printf '[live]\nbatch = 300\n' >edge.toml
hang_up "goes on as before"
cp good.toml edge.toml
echo nothing >certificate.pem
hang_up "goes on as before"
[ "$(shown)" = "$now" ] && echo "the same certificate"
curl -s -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:$http/live/show.flv"
certificate
sed -i "s/127.0.0.1:$https/127.0.0.1:1/" edge.toml
hang_up "has read its configuration again"

wait $publisher && echo published
for one in $viewers; do wait $one || echo "a viewer failed with $?"; done
whole clip.flv http.flv https.flv
end_edge
grep -E 'goes on|only a new start' log.txt
