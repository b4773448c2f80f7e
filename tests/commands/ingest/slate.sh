# While no publisher is there a slate is shown, and a plain player misses no time.
make_clip main.flv 20 320x180
ffmpeg -v error -f lavfi -i color=white:size=180x180:rate=30 -f lavfi -i sine=880:r=44100 -t 1.5 \
  -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac soon.mp4
until_told() {  # NAME PATTERN COUNT
  until [ "$(grep -cE "$2" "$1.txt")" -ge "$3" ]; do sleep 0.05; done
}
publish() { exec ffmpeg -v error -re -i main.flv -c copy -f flv "rtmp://127.0.0.1:$1/live/show"; }
run() {  # NAME SLATE PORT
  : >$1.txt
  { ingest --listen rtmp://127.0.0.1:$3/live --slate "$2" --stats json --record $1.nut 2>$1.txt & echo $! >$1.pid; wait $!; } |
    hls-segment --playlist event --segment 1s --log-level error -o $1 &
  local chain=$!
  until [ -s $1.pid ]; do sleep 0.05; done
  until_listening $1.txt "$(cat $1.pid)"
  publish $3 2>/dev/null &
  until_told $1 '"media_us":[2-9][0-9]{6}' 1
  { kill -KILL $! && wait $!; } 2>/dev/null || true
  until_told $1 '"state":"slate"' 3
  publish $3 2>/dev/null &
  until_told $1 'the input is back' 1
  sleep 2
  kill -TERM "$(cat $1.pid)"
  wait $chain
  echo "exit $?" >$1.code
  wait
}
holes() {  # FILE KIND: how far apart packets are at most, and where the last one ends
  ffprobe -v error -select_streams $2 -show_entries packet=pts_time,duration_time -of csv=p=0 $1 | awk -F, '
    NR > 1 { hole = $1 - end; if (hole < 0) hole = -hole; if (hole > most) most = hole }
    { end = $1 + $2 } END { print most + 0, end }'
}
judge() {  # NAME
  sed -nE "s/^ingest: //p" $1.txt | grep -E 'slate|is back' | sed -E 's/[0-9.]+ s/… s/'
  grep -o '"state":"[a-z]*"' $1.txt | cut -d'"' -f4 | grep -v waiting | uniq | paste -sd' '
  ffmpeg -v error -i $1.nut -f null - && echo plays
  # Where the publisher's pictures go on is a matter of when they come: a busy machine is late by two or three.
  holes $1.nut v | awk '{ print ($1 < 0.13 ? "pictures without a hole" : $0) }'
  holes $1.nut a | awk '{ print ($1 < 0.13 ? "sound without a hole" : $0) }'
  for list in $1/180p $1/audio; do
    awk -F'[:,]' -v end="$(holes $1.nut v)" '
      /^#EXTINF/ { sum += $2 } /^#EXT-X-DISCONTINUITY$/ { breaks++ } /^#EXT-X-MAP/ { maps++ } /^#EXT-X-GAP/ { gaps++ }
      END { sub(".* ", "", end); off = end - sum; print breaks + 0, "breaks", maps + 0, "maps", gaps + 0, "gaps", (off < 0.1 && off > -0.1 ? "whole" : off) }' $list/index.m3u8
  done
  local first=$(awk '/^#EXT-X-DISCONTINUITY$/ { there = 1 } there && !/^#/ { print; exit }' $1/180p/index.m3u8)
  cat $1/180p/init-1.mp4 $1/180p/$first | ffmpeg -v error -i - -frames:v 1 -vf scale=4:1:flags=area,format=gray -f rawvideo - |
    od -An -tu1
}
port=$((20000 + RANDOM % 10000))
run black black $port &
run file soon.mp4 $((port + 1)) &
wait
for one in black file; do
  echo "== $one"
  cat $one.code
  judge $one
done

echo "== usage"
status ingest main.flv --slate black
status ingest --listen rtmp://127.0.0.1:$port/live --slate missing.mp4
echo "no media" >text.mp4
status ingest --listen rtmp://127.0.0.1:$port/live --slate text.mp4
ffmpeg -v error -f lavfi -i sine -t 1 sound.mp4
status ingest --listen rtmp://127.0.0.1:$port/live --slate sound.mp4
