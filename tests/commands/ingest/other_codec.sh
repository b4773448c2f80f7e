# Publishers of one stream that come with other codecs, and sound that changes its rate on the way:
# the run goes on, and every stretch of the HLS behind it is whole.
. "$CASES/hls_sections.sh"
make_clip one.flv 4
ffmpeg -v error -f lavfi -i "testsrc2=size=320x180:rate=25" -f lavfi -i sine=440:r=44100 -t 4 \
  -c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=50 -pix_fmt yuv420p -tag:v hvc1 -c:a aac -ac 1 two.mp4
port=$((20000 + RANDOM % 10000))
url=rtmp://127.0.0.1:$port/live/show
: >log.txt
ingest --listen rtmp://127.0.0.1:$port/live --reconnect-window 1500ms --record seen.mkv -o live.nut 2>log.txt &
until_listening log.txt $!
ffmpeg -v error -re -i one.flv -c copy -f flv $url
flv-mux --log-level error --push $url < <(ingest --realtime two.mp4)
ffmpeg -v error -re -i one.flv -c copy -f flv $url
wait $!
echo "exit $?"
sed -nE 's/^ingest: ((the (pictures|sound|recording) |nothing).*)/\1/p' log.txt | sed -E 's/[0-9.]+ s/… s/'

echo "== as HLS"
hls-segment live.nut --playlist event --segment 2s --log-level error -o out
for list in out/*/index.m3u8; do
  echo "$(basename "$(dirname "$list")"): $(grep -c '^#EXT-X-DISCONTINUITY$' "$list") breaks, $(grep -c '^#EXT-X-MAP' "$list") maps"
  sections "$list"
done
