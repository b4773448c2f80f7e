# Test signal, ladder, HLS and FLV: every picture arrives in every rendition, and all agree.
small_ladder
ingest test:size=320x180,rate=25 --duration 4s |
  transcode-ladder --ladder small.toml --segment 2s --log-level error |
  tee -p >(flv-mux --rendition 90p -o out.flv --log-level error; echo $? >flv.status) |
  hls-segment -o out --log-level error
echo "${PIPESTATUS[@]}"
while [ ! -s flv.status ]; do sleep 0.1; done
echo "flv-mux $(cat flv.status)"
list out
for variant in 180p 90p; do echo "$variant $(pictures out/$variant/index.m3u8)"; done
echo "flv $(pictures out.flv)"
ffmpeg -v warning -i out/master.m3u8 -map 0 -f null -
ffmpeg -v warning -i out.flv -map 0 -f null -
for file in out/master.m3u8 out.flv; do python3 "$CASES/sync.py" "$file" 40; done
probe out/master.m3u8 >probe.txt || { echo "probe $?"; cat probe.txt; }
