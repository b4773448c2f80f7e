# Damaged files end in status 4 or 1 with one line, never in a crash or a hang.
[ -d "${WEIR_MEDIA:-}/broken" ] || skip "no folder broken below WEIR_MEDIA"
small_ladder
for file in "$WEIR_MEDIA"/broken/*; do
  for tool in "ingest" "transcode-ladder --ladder small.toml" "hls-segment -o out" "flv-mux -o -" "probe"; do
    code=0
    timeout 20 $tool "$file" >/dev/null 2>said --log-level error || code=$?
    [[ $code -eq 4 || $code -eq 1 ]] && [ "$(wc -l <said)" -eq 1 ] || echo "$tool $(basename "$file"): exit $code, $(cat said)"
  done
done
