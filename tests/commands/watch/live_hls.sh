# A live run behind a web server keeps the rules of a watch; when the packager stands still, and when
# the server goes away, that is told.
. "$CASES/web_server.sh"
serve
small_ladder
ingest test:size=320x180,rate=25 --duration 100s --realtime 2>ingest.log |
  transcode-ladder --ladder small.toml --preset ultrafast --segment 2s 2>ladder.log |
  hls-segment -o www/live --playlist live --window 12s 2>hls.log &
packager=$!
until [ -s www/live/master.m3u8 ]; do sleep 0.1; done
sleep 8
url=http://127.0.0.1:$port/live/master.m3u8
probe --watch 12s "$url" --json >report.json
echo "exit $?"
python3 - <<'P'
import json
report = json.load(open("report.json"))
print(report["kind"], report["summary"]["must"], report["findings"] if report["summary"]["must"] else "")
for each in report["playlists"]:
    print(each["name"], each["reloads"] > 3, each["segments"] > 2, each["failures"])
v = report["viewer"]
print(v["how"], v["rendition"], "startup", v["startup"] < 3, "stalls", v["stall_count"], "errors",
      v["video"]["errors"] + v["audio"]["errors"], "frames", v["video"]["frames"] > 250, v["audio"]["frames"] > 400)
# Three targets from the end, up to one target until the next look, and what the chain takes.
print("latency", 6 <= v["latency"]["mean"] <= 12 or v["latency"])
P

kill -STOP $packager
sleep 1
status probe --watch 14s "$url" --json >stalled.json
tail -1 stalled.json
python3 - <<'P'
import json
report = json.loads("".join(open("stalled.json").readlines()[:-1]))
v = report["viewer"]
print(sum(f["rule"] == "draft-RELOAD-LATE" for f in report["findings"]), "late, stalls", v["stall_count"],
      "until the end", not v["playing"], "with all played", 5 < v["played"] < 9, 4 < v["stalled"] < 9)
P

{ kill -KILL $packager; wait $packager; } 2>/dev/null
(sleep 3 && kill -TERM "$server") &
probe --watch 8s "$url" --json >gone.json 2>/dev/null
echo "exit $?"
python3 - <<'P'
import json
report = json.load(open("gone.json"))
print(sorted({f["rule"] for f in report["findings"] if f["severity"] == "must"}),
      all(each["failures"] > 0 for each in report["playlists"]), 7 < report["watched"] < 10)
P
