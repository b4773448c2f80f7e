# What it tells of itself, and a line of every viewer at its end.
. "$CASES/edge_lib.sh"
make_clip clip.flv 3
echo "show:right" >keys
chmod 600 keys
begin_edge --key-file keys --batch 50ms --reconnect-window 300ms --access-log access.json
get() { curl -s -m 5 -o got -w '%{http_code} %{content_type}\n' "http://127.0.0.1:$http$1"; }
for path in /healthz /readyz /streams /metrics; do echo "$path $(get $path)"; done

ffmpeg -v error -re -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$rtmp/live/show?key=right" &
publisher=$!
until_live show
curl -s -m 20 -A watcher -o seen.flv "http://127.0.0.1:$http/live/show.flv?sign=secret" &
viewer=$!
rtmpdump -q -v -r "rtmp://127.0.0.1:$rtmp/live/show" -o played.flv 2>rtmpdump.txt &
player=$!
until [ -s seen.flv ] && [ -s played.flv ]; do sleep 0.05; done
get /metrics
grep -E '^weir_edge_(published|viewers|evicted_total|rtmp_connections)[{ ]' got
get /streams
python3 -c '
import json
for one in json.load(open("got"))["streams"]:
    print(one["name"], one["url"], one["published"], one["viewers"], one["received_frames"] > 10)'
wait $publisher $viewer $player
end_edge
grep -c secret access.json
python3 - <<'P'
import json, os
lines = [json.loads(line) for line in open("access.json")]
for one in sorted({(l["protocol"], l["path"], l.get("status", 0)) for l in lines if l.get("status") != 404}):
    print(*one)
seen = [l for l in lines if l.get("agent") == "watcher"]
print(len(seen), "of the watcher:", seen[0]["ms"] > 1000)
head = seen[0]["bytes"] - os.path.getsize("seen.flv")
print("its bytes are those it got and a head:", 0 < head < 300)
P
