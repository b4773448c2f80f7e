# Signed URLs as the page makes them, rules of addresses and pages, limits of connections.
. "$CASES/edge_lib.sh"
gop=25
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -t 30 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p clip.flv
mkdir www
printf '#EXTM3U\n#EXT-X-TARGETDURATION:4\n' >www/a.m3u8
head -c 40 /dev/urandom | base64 | head -1 >secret
printf 'show:right\n' >keys
chmod 600 secret keys
cat >edge.toml <<'T'
[access]
secret_file = "secret"
signed = ["/live", "/hls"]
referers = ["good.example"]
deny = ["192.0.2.0/24"]

[limits]
connections_per_address = 5

[live]
batch = "50ms"
T
# token PATH [SECONDS]: good for a minute, or for what is said.
token() {
  local expires=$(($(date +%s) + ${2:-60}))
  local sign=$(printf '%s\n%s' "$1" "$expires" | openssl dgst -sha256 -hmac "$(cat secret)" -r | cut -d' ' -f1)
  echo "$expires-$sign"
}
begin_edge --config edge.toml --hls www --key-file keys --access-log access.json
get() { curl -s -m 1 -o got -w '%{http_code}\n' "$@"; }
ffmpeg -v error -re -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$rtmp/live/show?key=right" 2>/dev/null &
publisher=$!
url=http://127.0.0.1:$http
until [ "$(get "$url/live/show.flv?token=$(token /live/show.flv)")" = 200 ]; do sleep 0.1; done

echo "== live"
get $url/live/show.flv
get "$url/live/show.flv?token=$(token /live/show.flv -1)"
get "$url/live/other.flv?token=$(token /live/show.flv)"
timeout 4 rtmpdump -q -v -B 1 -r "rtmp://127.0.0.1:$rtmp/live/show?key=$(token /live/show.flv)" -o played.flv 2>/dev/null
[ -s played.flv ] && echo played
timeout 4 rtmpdump -q -v -B 1 -r "rtmp://127.0.0.1:$rtmp/live/show" -o unsigned.flv 2>/dev/null
[ -s unsigned.flv ] || echo refused
echo "== a folder"
get $url/hls/a.m3u8
get "$url/hls/~$(token /hls/)/a.m3u8"
get "$url/hls/~$(token /hls/ -1)/a.m3u8"
echo "== pages"
signed="$url/hls/~$(token /hls/)/a.m3u8"
get -H "Referer: https://good.example/watch" $signed
get -H "Referer: https://bad.example/watch" $signed
get -H "Origin: https://bad.example" $signed
get -D head -H "Origin: https://bad.example" $signed
grep -i '^access-control-allow-origin' head | tr -d '\r'
echo "== too many of an address"
for i in 1 2 3 4 5 6 7; do
  curl -s -m 3 -o /dev/null "$url/live/show.flv?token=$(token /live/show.flv)" &
done
sleep 1
curl -s -m 5 -o /dev/null -D head -w '%{http_code}\n' $url/healthz
grep -i '^retry-after' head | tr -d '\r'
kill $publisher
wait $publisher
end_edge
grep -c 'is sent away: its network has 5 connections' log.txt | sed 's/[1-9][0-9]*/some/'
grep -c 'is refused: it is not signed' log.txt | sed 's/[1-9][0-9]*/some/'
grep -E -- "-[0-9a-f]{64}" access.json log.txt | head -1
