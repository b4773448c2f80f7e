# Progress and log lines for machines are one JSON object a line.
ingest test:size=320x180 --duration 2s -o a.nut --progress json 2>progress.txt
python3 - <<'P'
import json
lines = [json.loads(line) for line in open("progress.txt")]
assert lines, "no progress at all"
last = lines[-1]["progress"]
assert {"media_us", "frames", "bytes", "dropped", "speed", "fps", "bitrate"} <= set(last), last
print(lines[-1]["tool"], last["frames"] > 0, last["bytes"] > 0)
P
ingest nope.mp4 --log-format json 2>failure.txt || echo "exit $?"
python3 -c 'import json; line = json.load(open("failure.txt")); print(line["level"], line["tool"], line["message"])'
