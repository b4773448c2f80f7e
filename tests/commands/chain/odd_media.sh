# Uncommon files go through the whole chain, or are refused with one line.
[ -d "${WEIR_MEDIA:-}/odd" ] || skip "no folder odd below WEIR_MEDIA"
small_ladder
for file in "$WEIR_MEDIA"/odd/*; do
  rm -rf out said
  codes=$(timeout 60 bash -c '
    ingest "$1" --log-level error 2>>said |
      transcode-ladder --ladder small.toml --preset ultrafast --log-level error 2>>said |
      hls-segment -o out --log-level error 2>>said
    echo "${PIPESTATUS[@]}"' - "$file")
  case $codes in
    "0 0 0") probe out/master.m3u8 >probe.txt 2>&1 || echo "$(basename "$file"): probe $?: $(grep -im1 -e error -e fail probe.txt)" ;;
    [1-4]*) [ -s said ] || echo "$(basename "$file"): $codes without a word" ;;
    *) echo "$(basename "$file"): $codes: $(head -3 said)" ;;
  esac
done
