# hls-segment puts its files to edge: the same as in a folder, by whom the key file names and nobody
# else; a stream of low latency that comes so is as quick as one from a folder.
. "$CASES/edge_lib.sh"
make_clip clip.mp4 6
small_ladder
mkdir www
printf 'show:right-key\nhls:master-key\n' >keys
chmod 600 keys
begin_edge --hls www --push --key-file keys --access-log access.json --log-level debug
url() { echo "http://$1@127.0.0.1:$http/hls/$2"; }

echo "== the same"
for kind in vod event; do
  date="--program-date-time 2026-01-01T00:00:00Z"
  hls-segment --segment 2s --playlist $kind $date --log-level error -o local/$kind clip.mp4
  hls-segment --segment 2s --playlist $kind $date --log-level error -o "$(url any:right-key show/$kind)" clip.mp4
  diff -r -x .hls-segment.json local/$kind www/show/$kind && echo "$kind: the same"
done
hls-segment --segment 2s --log-level error -o "$(url any:master-key all)" clip.mp4 && list www/all | wc -l
pictures "http://127.0.0.1:$http/hls/show/vod/master.m3u8"

echo "== refused"
status hls-segment --segment 2s --log-level error --http-retry 1s -o "$(url any:wrong-key show)" clip.mp4 | sed 's/127[^/]*/HOST/'
put() { curl -s -m 5 --path-as-is -T clip.mp4 -o /dev/null -w "%{http_code}\n" "$@"; }
put "http://127.0.0.1:$http/hls/show/clip.mp4"
put -u any:right-key "http://127.0.0.1:$http/hls/other/clip.mp4"
put -u any:right-key "http://127.0.0.1:$http/hls/show/%2e%2e/other/clip.mp4"
put -u any:master-key "http://127.0.0.1:$http/hls/.clip.mp4"
put -u any:right-key "http://127.0.0.1:$http/hls/show/clip.mp4"
cmp clip.mp4 www/show/clip.mp4 && echo same
curl -s -m 5 -X DELETE -H "Authorization: Bearer right-key" -o /dev/null -w "%{http_code}\n" "http://127.0.0.1:$http/hls/show/clip.mp4"
ls -A www www/show

echo "== low latency"
ingest test:size=320x180,rate=25 --realtime --duration 14s --log-level error |
  transcode-ladder --ladder small.toml --latency low --gop 1s --segment 1s --preset ultrafast --log-level error |
  hls-segment -o "$(url any:right-key show/live)" --playlist live --window 30s --part 500ms --log-level error &
chain=$!
until curl -sf -o /dev/null "http://127.0.0.1:$http/hls/show/live/180p/index.m3u8"; do sleep 0.05; done
python3 "$CASES/low_latency_player.py" "http://127.0.0.1:$http/hls/show/live/180p/index.m3u8" www/show/live/180p &
player=$!
wait $chain && wait $player
end_edge
grep -c -e right-key -e master-key -e wrong-key access.json log.txt || true
