# Everything under TLS too: folders, live streams, WebSockets and RTMP, as other people's clients see it.
. "$CASES/edge_lib.sh"
gop=25
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -batch -keyout key.pem -out certificate.pem 2>/dev/null
ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -t 4 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p clip.flv
mkdir www
head -c 3000000 /dev/urandom >www/large.bin
https=$((14000 + RANDOM % 3000))
rtmps=$((17000 + RANDOM % 3000))
doors=4
begin_edge --batch 50ms --reconnect-window 300ms --hls www --https 127.0.0.1:$https --rtmps 127.0.0.1:$rtmps/live \
  --certificate certificate.pem --certificate-key key.pem

get() { curl -s --http1.1 -m 20 --cacert certificate.pem "$@"; }
get -o large.bin https://localhost:$https/hls/large.bin -w '%{http_code} %{http_version}\n'
cmp large.bin www/large.bin && echo same
get --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 https://localhost:$https/ >/dev/null || echo "TLS 1.1: refused"

ingest --realtime clip.flv --log-level error |
  SSL_CERT_FILE=certificate.pem flv-mux --push "rtmps://localhost:$rtmps/live/show" --log-level error &
publisher=$!
until_live show
get -o https.flv https://localhost:$https/live/show.flv & viewers=$!
curl -s -m 20 -o http.flv "http://127.0.0.1:$http/live/show.flv" & viewers+=" $!"
ffmpeg -v error -i "rtmps://127.0.0.1:$rtmps/live/show" -c copy -y rtmps.flv 2>ffmpeg.txt & viewers+=" $!"
files="https.flv http.flv rtmps.flv"
if /usr/bin/python3 -c 'import websockets' 2>/dev/null; then
  SSL_CERT_FILE=certificate.pem /usr/bin/python3 - "wss://localhost:$https/live/show.flv" <<'P' & viewers+=" $!"
import asyncio, sys, websockets

async def watch():
    async with websockets.connect(sys.argv[1], max_size=None) as socket:
        with open("wss.flv", "wb") as file:
            async for message in socket:
                file.write(message)

asyncio.run(asyncio.wait_for(watch(), 20))
P
  files+=" wss.flv"
fi
wait $publisher && echo published
for one in $viewers; do wait "$one" || echo "a viewer failed with $?"; done
whole clip.flv $files
[ -e wss.flv ] || echo "wss.flv: whole"  # nobody here to ask for it
end_edge
