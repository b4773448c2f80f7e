# Options that contradict each other or say nothing possible are refused before anything is made.
make_clip clip.mp4 1
small_ladder
ladder() { status transcode-ladder clip.mp4 -o out.nut "$@"; }
ladder --latency low --mode batch
ladder --latency low --quality 23
ladder --latency low --work w
ladder --mode live --work w
ladder --mode live --adapt
ladder --adapt --quality 23
ladder --mode batch --realtime-guard
ladder --latency low --realtime-guard
ladder --realtime-guard
ladder --mode fast
ladder --latency none
ladder --quality 52
ladder --quality good
ladder --preset warp
ladder --memory much
ladder --jobs -1
for line in 'tune = "piano"' 'preset = "warp"'; do
  { cat small.toml; echo "$line"; } >bad.toml
  ladder --ladder bad.toml
done
list .
