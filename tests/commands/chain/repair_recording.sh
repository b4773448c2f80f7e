# What a killed recording holds is finished, in each container; what is lost is said.
make_clip full.mkv 6
ffmpeg -v error -i full.mkv -c copy full.flv
ffmpeg -v error -i full.mkv -c copy -movflags frag_keyframe+empty_moov full.mp4
ffmpeg -v error -i full.mkv -c copy index_last.mp4
for name in full.mkv full.flv full.mp4; do
  head -c $(($(stat -c %s $name) * 2 / 3)) $name > cut.${name##*.}
  echo "== $name"
  status probe --repair out.mkv cut.${name##*.} > report
  tail -1 report
  ffmpeg -v error -xerror -i out.mkv -f null - && echo decodes
  [ "$(pictures out.mkv)" -gt 90 ] && [ "$(pictures out.mkv)" -lt 150 ] && echo "most pictures"
  probe --json --repair out.ts cut.${name##*.} | grep -c '"tail_bytes": [0-9]'
done
echo "== index"
head -c 100000 index_last.mp4 > cut.mp4
status probe --repair none.mkv cut.mp4 | sed 's/[0-9]* bytes/N bytes/'
list . | grep none || echo "no file"
