# A live URL that ends and comes back with its clock at the begin is one stream, and a file whose
# stamps begin anew is too.
make_clip clip.ts 4
port=$((20000 + RANDOM % 10000))
serve() { ffmpeg -v error -i clip.ts -c copy -f mpegts "tcp://127.0.0.1:$port?listen=1"; }
{ serve; sleep 0.5; serve; } &
echo "== ends and comes back"
{ ingest "tcp://127.0.0.1:$port" --retry 4s 2>log.txt; echo "exit $?" >status.txt; } | cat >live.nut
cat status.txt
sed -E "s/$port/PORT/" log.txt | grep -E "ended|again$"
hls-segment live.nut --playlist event --segment 2s --log-level error --start-anew -o out || true
grep -hE '^#EXT-X-DISCONTINUITY$|^#EXTINF' out/180p/index.m3u8
ffmpeg -v error -i live.nut -map 0:v -c copy -f framemd5 - | grep -vc '^#'

echo "== a file that begins anew"
cat clip.ts clip.ts >twice.ts
ingest twice.ts 2>&1 >twice.nut | grep -a stamps
ffmpeg -v error -i twice.nut -map 0:v -c copy -f framemd5 - | grep -vc '^#'

echo "== usage"
status ingest clip.ts --retry 5s
status ingest "tcp://127.0.0.1:1" --retry 5s --loop 2
status ingest "tcp://127.0.0.1:1" --retry 100ms
