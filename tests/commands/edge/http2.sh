# HTTP/2 as curl and h2load speak it; what needs a socket of its own comes with HTTP/1.1.
. "$CASES/edge_lib.sh"
curl --version | grep -q HTTP2 && type nghttp h2load >/dev/null || exit 77
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -batch -keyout key.pem -out certificate.pem 2>/dev/null
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -t 3 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p clip.flv
gop=25
mkdir www
head -c 3000000 /dev/urandom >www/large.bin
printf '#EXTM3U\n#EXT-X-TARGETDURATION:4\n' >www/a.m3u8
https=$((14000 + RANDOM % 3000))
doors=3
begin_edge --batch 50ms --reconnect-window 300ms --hls www --https 127.0.0.1:$https \
  --certificate certificate.pem --certificate-key key.pem
url=https://localhost:$https
get() { curl -s --http2 -m 20 --cacert certificate.pem -w '%{http_code} %{http_version}\n' "$@"; }
get -o large.bin $url/hls/large.bin
cmp large.bin www/large.bin && echo same
get -o part.bin -r 1000-1999 $url/hls/large.bin
get -o playlist $url/hls/a.m3u8
get -o head -I $url/hls/large.bin
tr -d '\r' <head | grep -iE '^(HTTP|content-length|access-control-allow-origin)'
get -o streams $url/streams
get -o none $url/hls/none.m4s
get -o none $url/hls/..%2fsecret
h2load -n 2000 -c 4 -m 50 $url/hls/a.m3u8 2>&1 | grep -E 'requests:|status'
nghttp -nv $url/streams 2>&1 | grep -o 'SETTINGS_MAX_CONCURRENT_STREAMS.*' | tail -1

ffmpeg -v error -re -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$rtmp/live/show" &
until_live show
get -o live.flv $url/live/show.flv
whole clip.flv live.flv
end_edge
