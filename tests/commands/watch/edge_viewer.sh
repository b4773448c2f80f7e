# A viewer of HTTP-FLV and of RTMP sees what edge serves; when the way stands still, that is a stall.
. "$CASES/edge_lib.sh"
make_clip clip.mp4 60
begin_edge
ingest clip.mp4 --realtime 2>ingest.log | flv-mux --push "rtmp://127.0.0.1:$rtmp/live/a" 2>push.log &
until_live a
for url in "http://127.0.0.1:$http/live/a.flv" "rtmp://127.0.0.1:$rtmp/live/a"; do
  probe --watch 6s --json "$url" >smooth.json
  echo "exit $?"
  python3 - <<'P'
import json
seen = json.load(open("smooth.json"))
v = seen["viewer"]
print(seen["stream"], v["how"], "startup" if v["startup"] < 3 else v["startup"], "stalls", v["stall_count"],
      "errors", v["video"]["errors"] + v["audio"]["errors"], "by", v["latency"]["by"])
print("played", v["played"] > 3, "pictures", v["video"]["frames"] > 75, "sound", v["audio"]["frames"] > 100,
      "sync", abs(v["sync_max"]) < 0.04)
P
done

for port in $http $rtmp; do
  python3 "$CASES/stopping_proxy.py" $port 4 5 >port.txt &
  proxy=$!
  until [ -s port.txt ]; do sleep 0.05; done
  if [ $port = "$http" ]; then url=http://127.0.0.1:$(cat port.txt)/live/a.flv; else url=rtmp://127.0.0.1:$(cat port.txt)/live/a; fi
  probe --watch 12s --json "$url" >still.json
  echo "exit $?"
  python3 - <<'P'
import json
v = json.load(open("still.json"))["viewer"]
first = v["latency"]["first"]
print("stalls", v["stall_count"], "as injected" if abs(v["stalled"] - (5 - first)) < 0.7 else (v["stalled"], first))
print("behind", "by the stall" if abs(v["latency"]["last"] - first - v["stalled"]) < 0.7 else v["latency"])
P
  kill $proxy
  : >port.txt
done
kill "$server"
