# A live run behind a web server keeps the rules of a watch; when it stands still, that is told.
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
probe --watch 10s "$url" --json >report.json
echo "exit $?"
python3 - <<'P'
import json
report = json.load(open("report.json"))
print(report["kind"], report["summary"]["must"], report["findings"] if report["summary"]["must"] else "")
for each in report["playlists"]:
    print(each["name"], each["reloads"] > 3, each["segments"] > 2, each["failures"])
P

kill -STOP $packager
sleep 1
status probe --watch 9s "$url" >stalled.txt
tail -1 stalled.txt
grep -c draft-RELOAD-LATE stalled.txt
kill -KILL $packager
kill "$server"
