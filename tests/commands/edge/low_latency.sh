# A stream in parts of half a second behind edge: a player that asks for each part before it is there
# gets every one, whole, and none of them late.
. "$CASES/edge_lib.sh"
small_ladder
mkdir hls
begin_edge --hls hls
ingest test:size=320x180,rate=25 --realtime --duration 14s --log-level error |
  transcode-ladder --ladder small.toml --latency low --gop 1s --segment 1s --preset ultrafast --log-level error |
  hls-segment -o hls --playlist live --window 30s --part 500ms --log-level error &
chain=$!
until curl -sf -o /dev/null "http://127.0.0.1:$http/hls/180p/index.m3u8"; do sleep 0.05; done
python3 "$CASES/low_latency_player.py" "http://127.0.0.1:$http/hls/180p/index.m3u8" hls/180p &
player=$!
python3 "$CASES/low_latency_player.py" "http://127.0.0.1:$http/hls/90p/index.m3u8" hls/90p >other.txt &
other=$!
wait $chain && wait $other && wait $player
cat other.txt
end_edge
