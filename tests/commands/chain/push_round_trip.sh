# File -> RTMP -> file: every tag keeps its stamp and its bytes, whatever the codec.
. "$CASES/round_trip.sh"

clip() {  # FILE VIDEO-CODEC AUDIO-CODEC
  ffmpeg -y -v error -f lavfi -i testsrc2=size=160x90:rate=25 -f lavfi -i sine=440:r=48000 -t 2 -g 25 -pix_fmt yuv420p \
    -c:v $2 -c:a $3 -ac 2 -strict -2 "$1" 2>encoder.txt || cat encoder.txt
}

quick265="libx265 -preset ultrafast -x265-params log-level=none"
quick_av1="libaom-av1 -cpu-used 8 -usage realtime"
quick_vp9="libvpx-vp9 -deadline realtime -cpu-used 8"
for codecs in "H.264, AAC:libx264 -preset ultrafast:aac" "H.264, MP3:libx264 -bf 2:libmp3lame" \
  "HEVC, AC-3:$quick265:ac3" "HEVC, E-AC-3:$quick265:eac3" "AV1, Opus:$quick_av1:libopus" "VP9, FLAC:$quick_vp9:flac"; do
  IFS=: read -r name video sound <<<"$codecs"
  echo "== $name"
  clip clip.mkv "$video" "$sound"
  round_trip clip.mkv
done

echo "== multitrack"
ffmpeg -y -v error -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i testsrc=size=160x90:rate=25 -f lavfi -i sine=440:r=48000 \
  -f lavfi -i sine=880:r=48000 -t 2 -map 0 -map 1 -map 2 -map 3 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac two.mkv
round_trip two.mkv --multitrack
