# How a file is sent over RTMP and compared with itself.
tags() { python3 "$CASES/flv_tags.py" "$1"; }

# The file as FLV, and the same after a push to ingest --listen.
round_trip() {  # FILE OPTION...
  local port=$((20000 + RANDOM % 10000))
  : >log.txt
  ingest --listen rtmp://127.0.0.1:$port/live --reconnect-window 500ms >live.nut 2>log.txt &
  until_listening log.txt $! || cat log.txt
  flv-mux "$@" --push rtmp://127.0.0.1:$port/live/show --push-queue 60s --push-memory 64M --log-level error
  wait $!
  flv-mux "$@" -o before.flv --log-level error
  flv-mux live.nut "${@:2}" -o after.flv --log-level error
  tags before.flv >before.txt
  tags after.flv >after.txt
  cut -d" " -f1,2 before.txt | LC_ALL=C sort | uniq -c | sed 's/^ *//'
  diff before.txt after.txt >differences.txt && echo same || head -6 differences.txt
}
