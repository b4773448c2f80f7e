# Live: every picture in every rendition, cut on the same grid, with a chunk of delay or without.
small_ladder
for options in "--mode live" "--mode live --latency low" "--latency low --preset ultrafast"; do
  ingest test:size=320x180,rate=25 --duration 5s |
    transcode-ladder --ladder small.toml --segment 2s --log-level error $options >out.nut
  echo "$options: ${PIPESTATUS[*]}"
  for track in 0 1; do
    ffprobe -v error -select_streams v:$track -show_entries packet=pts,flags -of csv=p=0 out.nut |
      sort -n | awk -F, '/K/ { keys = keys " " NR - 1 } END { print NR " pictures, keys at" keys }'
  done
  hls-segment --log-level error -o out out.nut && list out | grep -c 'seg-' && rm -r out
done
