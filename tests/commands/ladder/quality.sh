# A lower number is a better picture at more bits, on easy content as on hard, under the same peak.
ffmpeg -v error -f lavfi -i "testsrc2=size=320x180:rate=25,noise=alls=20:allf=t" -t 6 \
  -c:v libx264 -preset ultrafast -qp 14 -pix_fmt yuv420p hard.mp4
make_clip easy.mp4 6
small_ladder
bytes() {
  transcode-ladder --ladder small.toml --no-audio --log-level error --quality "$1" "$2" -o "$3" &&
    ffprobe -v error -select_streams v:0 -show_entries packet=size -of csv=p=0 "$3" | awk '{ n += $1 } END { print n }'
}
for clip in easy hard; do
  worse=0
  for quality in 45 38 31; do
    better=$(bytes $quality $clip.mp4 $clip.nut)
    [ "$better" -gt "$worse" ] || echo "$clip: quality $quality takes $better bytes after $worse"
    worse=$better
  done
done
# The hard clip would take more than its peak allows: 1.5 times the rate, and nine tenths of the
# buffer at the start, are 80 % above the rate over six seconds.
transcode-ladder --ladder small.toml --no-audio --log-level error --quality 10 hard.mp4 -o out.nut
transcode-ladder --ladder small.toml --no-audio --log-level error --quality 10 hard.mp4 -o '{rendition}.mp4'
python3 "$CASES/ladder_facts.py" out.nut 0 180p.mp4 300000 150 50 80
python3 "$CASES/ladder_facts.py" out.nut 1 90p.mp4 100000 150 50 80
