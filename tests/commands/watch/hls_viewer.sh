# What a viewer of HLS is told to have seen is what happened: a delay in front of the listing, a pause.
make_clip clip.mp4 80
hls-segment clip.mp4 -o vod --segment 2s 2>hls.log
playlist=$(cd vod && ls */index.m3u8 | grep -v audio | head -1)
folder=vod/$(dirname "$playlist")

# origin OPTION...: plays the pictures as if live on $port.
origin() {
  python3 "$CASES/watch_origin.py" "$folder" index.m3u8 "$@" >port.txt &
  origin=$!
  until [ -s port.txt ]; do sleep 0.05; done
  port=$(cat port.txt)
}

origin --delay 0.5
probe --watch 12s --json "http://127.0.0.1:$port/index.m3u8" >soon.json
echo "soon: exit $?"
kill $origin
: >port.txt
origin --delay 3.5
probe --watch 12s --json "http://127.0.0.1:$port/index.m3u8" >late.json
echo "late: exit $?"
kill $origin
: >port.txt
origin --delay 0.5 --pause-at 16 --pause-for 12
probe --watch 26s --json "http://127.0.0.1:$port/index.m3u8" >paused.json
echo "paused: exit $?"
kill $origin

python3 - <<'P'
import json

def viewer(name):
    return json.load(open(name))["viewer"]

def near(name, value, wanted, by):
    print(name, "as injected" if abs(value - wanted) <= by else f"{value}, not {wanted}")

soon, late, paused = viewer("soon.json"), viewer("late.json"), viewer("paused.json")
near("delay", late["latency"]["mean"] - soon["latency"]["mean"], 3, 1.5)
# Three targets from the end, and up to one more until the next listing.
print("latency", "plausible" if 6.5 <= soon["latency"]["mean"] <= 10 else soon["latency"])
print("stalls", soon["stall_count"], late["stall_count"], paused["stall_count"])
# While nothing is listed for twelve seconds, what was held is played.
held = paused["latency"]["first"] - 0.5
near("stall", paused["stalled"], 12 - held + 1, 2.5)
near("behind", paused["latency"]["last"] - paused["latency"]["first"], paused["stalled"], 0.3)
print("errors", paused["video"]["errors"], "gaps", paused["video"]["gaps"])
print([f["rule"] for f in json.load(open("paused.json"))["findings"] if "VIEWER" in f["rule"] or "LATE" in f["rule"]])
P
