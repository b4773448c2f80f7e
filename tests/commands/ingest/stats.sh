# One line of JSON tells how the stream fares, and what had to be mended in it.
make_clip clip.ts 4
cat clip.ts clip.ts >twice.ts
stats() {  # FILE: of the last report, what does not depend on how fast it went
  grep -a '"stats"' "$1" | tail -1 | python3 -c '
import json, sys
line = json.load(sys.stdin)
stats = line["stats"]
print(sorted(line), line["tool"], len(line["time"]))
print({key: stats[key] for key in ("version", "state", "media_us")})
print("within a frame" if abs(stats["av_offset_us"]) < 40000 else stats["av_offset_us"])
for track in stats["tracks"]: print({key: track[key] for key in ("index", "kind", "codec", "packets")})
print(stats["bytes"] == sum(track["bytes"] for track in stats["tracks"]))
print(stats["repairs"])'
}
echo "== a stream that begins anew"
ingest twice.ts --stats json --log-level error -o twice.nut 2>log.txt
grep -vc '"stats"' log.txt
stats log.txt

echo "== a clock that runs over"
ffmpeg -v error -i clip.ts -c copy -output_ts_offset 95442 wraps.ts
ingest wraps.ts --stats json --log-level error -o wraps.nut 2>log.txt
stats log.txt

echo "== the stream is the same without"
ingest twice.ts --log-level error -o plain.nut
cmp twice.nut plain.nut

echo "== usage"
status ingest clip.ts --stats text -o x.nut
