# The bytes depend neither on the number of jobs nor on the way the input comes.
make_clip clip.mp4 6
small_ladder
ladder="transcode-ladder --ladder small.toml --log-level error"
$ladder --jobs 2 clip.mp4 >two.nut
$ladder --jobs 1 clip.mp4 >one.nut
$ladder --jobs 5 --mode batch clip.mp4 >five.nut
ingest clip.mp4 | $ladder --mode batch --jobs 1 >pipe.nut
$ladder --mode batch <clip.mp4 >stdin.nut
for other in one five pipe stdin; do cmp two.nut $other.nut; done
$ladder --mode live --jobs 1 clip.mp4 >live_one.nut
ingest clip.mp4 | $ladder --jobs 2 >live_two.nut
cmp live_one.nut live_two.nut
cmp -s one.nut live_one.nut && echo "live knows what batch knows"
for quality in "--quality 23" "--preset fast" "--gop 1s"; do
  $ladder $quality --jobs 1 clip.mp4 >one.nut
  $ladder $quality --jobs 2 clip.mp4 >two.nut
  cmp one.nut two.nut
done
