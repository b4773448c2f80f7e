# What stands between two discontinuities, decoded: codec and pictures or packets of sound.
sections() {  # PLAYLIST
  (
    cd "$(dirname "$1")"
    run() { [ ! -s run ] || ffprobe -v error -count_frames -show_entries stream=codec_name,nb_read_frames -of csv=p=0 run | head -1 | tr -d '\r'; }
    : >run
    while IFS= read -r line; do
      case $line in
        '#EXT-X-DISCONTINUITY') run; : >run ;;
        '#EXT-X-MAP'*) map=${line#*URI=\"}; run; cat "${map%%\"*}" >run ;;
        '#'* | '') ;;
        *) cat "$line" >>run ;;
      esac
    done <"$(basename "$1")"
    run
    rm run
  )
}
