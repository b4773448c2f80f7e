# While the input is away a file stands in, and the input is taken back; picture and sound stay together.
ingest test:size=320x180,rate=50 --duration 9s --log-level error -o test.nut
# A key frame a second, and never at a flash.
ffmpeg -v error -i test.nut -vf trim=start=0.48,setpts=PTS-STARTPTS -af atrim=start=0.48,asetpts=PTS-STARTPTS \
  -c:v libx264 -preset ultrafast -tune zerolatency -g 50 -c:a aac -ac 2 main.flv
ffmpeg -v error -f lavfi -i color=gray:size=320x180:rate=50 -f lavfi -i anullsrc=r=48000 -t 3 \
  -c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -c:a aac -ac 2 spare.mp4
port=$((20000 + RANDOM % 10000))  # none that a connection of our own may get
judge() {  # NAME
  sed -nE "s/^ingest: //p" "$1.txt" | grep -E "is opened|gives the stream$" |
    sed -E "s/:[0-9]+'/:PORT'/; s/for [0-9.]+ s/for … s/"
  ffmpeg -v error -i "$1.nut" -f null - && echo "plays"
  for kind in v a; do
    ffprobe -v error -select_streams $kind -show_entries packet=dts_time -of csv=p=0 "$1.nut" |
      tr -d , | awk '$1 == "" { next } NR > 1 && $1 <= last { back++ } { last = $1 } END { print back + 0, "go back" }'
  done
  python3 "$CASES/sync.py" "$1.nut" 10
  hls-segment "$1.nut" --playlist event --segment 1s --log-level error --start-anew -o "$1" || true
  grep -c '^#EXT-X-DISCONTINUITY$' "$1/180p/index.m3u8"
  grep -a '"stats"' "$1.txt" | tail -1 | grep -oE '"switches":[0-9]+'
}

listen() {
  : >listen.txt
  ingest --listen rtmp://127.0.0.1:$port/live --fallback spare.mp4 --fallback-after 2s \
    --stats json -o listen.nut 2>listen.txt &
  until_listening listen.txt $!
  { timeout -s KILL 2.6 ffmpeg -v error -re -i main.flv -c copy -f flv "rtmp://127.0.0.1:$port/live/show" || true; } 2>/dev/null
  sleep 2.3
  ffmpeg -v error -re -i main.flv -t 5.2 -c copy -f flv "rtmp://127.0.0.1:$port/live/show" 2>/dev/null
  kill -TERM $!
  wait $!
  echo "exit $?" >>listen.code
}
# The URL is not there at first.
retry() {
  ingest "tcp://127.0.0.1:$((port + 1))" --retry 1500ms --fallback spare.mp4 --fallback-after 500ms \
    --stats json -o retry.nut 2>retry.txt &
  sleep 2
  ffmpeg -v error -re -i main.flv -t 6.2 -c copy -f mpegts "tcp://127.0.0.1:$((port + 1))?listen=1"
  sleep 1
  kill -TERM $!
  wait $!
  echo "exit $?" >>retry.code
}
listen &
retry
wait
for one in listen retry; do
  echo "== $one"
  cat $one.code
  judge $one
done

echo "== usage"
status ingest main.flv --fallback spare.mp4
status ingest tcp://127.0.0.1:1 --retry 1s --fallback -
status ingest tcp://127.0.0.1:1 --retry 1500ms --fallback missing.mp4 --fallback-after 200ms
