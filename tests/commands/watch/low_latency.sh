# A low-latency run behind edge: requests that block, delta updates, parts; all rules of a watch hold.
. "$CASES/edge_lib.sh"
small_ladder
mkdir live
begin_edge --hls live
ingest test:size=320x180,rate=25 --duration 100s --realtime 2>ingest.log |
  transcode-ladder --ladder small.toml --preset ultrafast --segment 2s --latency low 2>ladder.log |
  hls-segment -o live --playlist live --window 16s --part 0.5s 2>hls.log &
packager=$!
until grep -qs EXT-X-SKIP <(curl -s "http://127.0.0.1:$http/hls/180p/index.m3u8?_HLS_skip=YES"); do sleep 0.5; done
probe --watch 12s --json "http://127.0.0.1:$http/hls/master.m3u8" >report.json
echo "exit $?"
python3 - <<'P'
import json
report = json.load(open("report.json"))
print(report["summary"]["must"], [f["message"] for f in report["findings"] if f["severity"] == "must"])
for each in report["playlists"][:3]:
    print(each["name"], each["blocking"] >= 20, each["deltas"] >= 15, each["failures"])
v = report["viewer"]
print(v["how"], "stalls", v["stall_count"], "errors", v["video"]["errors"] + v["audio"]["errors"], "breaks",
      v["video"]["gaps"] + v["audio"]["gaps"], "startup", v["startup"] < 2)
# From PART-HOLD-BACK to one group of pictures more, and what the chain takes.
print("latency", 1.5 <= v["latency"]["mean"] <= 6 or v["latency"])
P
{ kill -KILL $packager; wait $packager; } 2>/dev/null
kill "$server"
