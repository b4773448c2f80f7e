# What is promised of the joined stream: pictures, keys, stamps, parameter sets, peak and rate.
ffmpeg -v error -f lavfi -i "testsrc2=size=320x180:rate=25,noise=alls=12:allf=t" -t 20 \
  -c:v libx264 -preset ultrafast -qp 16 -pix_fmt yuv420p clip.mp4
small_ladder
sed -i 's/= 160/= 256/; s/= 90$/= 144/; s/100k/200k/; s/90p/144p/' small.toml
for mode in "batch 10" "live 20"; do
  read -r mode tolerance <<<"$mode"
  ladder="transcode-ladder --ladder small.toml --log-level error --no-audio --mode $mode clip.mp4"
  $ladder -o out.nut
  $ladder -o '{rendition}.mp4'
  python3 "$CASES/ladder_facts.py" out.nut 0 180p.mp4 300000 500 50 "$tolerance"
  python3 "$CASES/ladder_facts.py" out.nut 1 144p.mp4 200000 500 50 "$tolerance"
done
