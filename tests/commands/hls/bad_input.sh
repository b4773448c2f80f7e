# A stream that is not what it was at its begin, and one without key frames.
clip() {  # CODEC SECONDS FILE [OPTION...]
  ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=440:r=48000 -t "$2" \
    -c:v "$1" -preset ultrafast "${@:4}" -pix_fmt yuv420p -c:a aac -ac 2 "$3"
}
clip libx264 4 avc.ts -g 50
clip libx265 4 hevc.ts -g 50 -x265-params log-level=error
cat avc.ts hevc.ts >to-hevc.ts
cat hevc.ts avc.ts >to-avc.ts
for name in to-hevc to-avc; do
  echo "== another codec on the same stream: $name"
  status hls-segment $name.ts --segment 2s -o $name
  list $name | grep '\.m4s$'
done

# Key frames every second for 4 s, then none for 30 s.
clip libx264 42 far.ts -g 1000 -force_key_frames 'expr:lt(t,5)*gte(t,n_forced)+gte(t,34)*gte(t,n_forced+29)'
for options in vod event 'event --part 500ms'; do
  echo "== no key frame for 30 s: $options"
  status hls-segment far.ts --playlist $options --segment 4s -o far
  for name in 180p audio; do
    grep -hE '^#EXT-X-(TARGETDURATION|DISC)|^#EXTINF' far/$name/index.m3u8 | tr '\n' ' '
    echo
  done
  pictures far/180p/index.m3u8
  probe --check far/master.m3u8 | grep -E '^(must|should)' || true
  rm -r far
done
