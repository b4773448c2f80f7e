# A plain MP4 whose index was never written, or is cut, is put together again with the help of a whole
# file of the same maker: every picture and every frame of sound that was written, in step.
record() {  # OPTIONS... FILE
  ffmpeg -v error -f lavfi -i "testsrc2=size=320x180:rate=30" -f lavfi -i "aevalsrc=sin(2*PI*440*t)*gt(mod(t*t\,1)\,0.5)|sin(2*PI*660*t):s=48000" \
    -t 12 -map 0:v -map 1:a -pix_fmt yuv420p "$@"
}
judge() {
  tail -2 report | sed -E 's/[0-9.]+ (bytes|kB|MB) (behind|in between)/N \2/g; s/[0-9]+ bytes/N bytes/'
  ffmpeg -v error -xerror -i out.mkv -f null - && echo decodes
  probe --json --compare whole.mp4 out.mkv >compared.json
  python3 - <<'P'
import json
report = json.load(open("compared.json"))
print(f'PSNR at least {report["psnr"]["worst"]:.0f}, unmatched {report["unmatched"]}, '
      f'sound late {abs(report["sound_late"]) > 0.0051}, most {report["matched"] > 200}')
P
}
# Where the media ends: what a recorder that is killed leaves is the same without what follows.
cut_in_media() {  # FILE PART
  python3 - "$1" "$2" <<'P'
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.index(b"mdat") - 4
size = struct.unpack(">I", data[at:at + 4])[0]
data[at:at + 4] = b"\0\0\0\0"  # to the end: the length is written when the recording ends
open("cut.mp4", "wb").write(data[:at + int(size * float(sys.argv[2]))])
P
}
try() {  # NAME OPTIONS...
  echo "== $1"
  shift
  record "$@" whole.mp4
  ffmpeg -v error -f lavfi -i "mandelbrot=size=320x180:rate=30" -f lavfi -i sine=300:r=48000 -t 3 -map 0:v -map 1:a -ac 2 -pix_fmt yuv420p "$@" -y like.mp4
  cut_in_media whole.mp4 0.8
  status probe --repair out.mkv --like like.mp4 cut.mp4 >report
  tail -1 report
  sed -i '$d' report
  judge
  rm whole.mp4
}
try "H.264 with pictures out of order" -c:v libx264 -preset veryfast -g 60 -c:a aac -b:a 128k
try "H.264 in slices, with open groups" -c:v libx264 -preset veryfast -x264-params keyint=60:slices=4:open-gop=1 -c:a aac -b:a 64k
try "HEVC" -c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=60 -tag:v hvc1 -c:a aac -b:a 96k
echo "== a recorder that is killed"
ffmpeg -v error -re -f lavfi -i "testsrc2=size=320x180:rate=30" -f lavfi -i sine=440:r=48000 -c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -c:a aac -ac 2 -flush_packets 1 killed.mp4 &
recorder=$!
sleep 4
{ kill -9 $recorder; wait $recorder; } 2>/dev/null
ffmpeg -v error -f lavfi -i "testsrc=size=320x180:rate=30" -f lavfi -i sine=300:r=48000 -t 2 -c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -c:a aac -ac 2 like.mp4 -y
status probe --repair out.mkv --like like.mp4 killed.mp4 | tail -1
ffmpeg -v error -xerror -i out.mkv -f null - && [ "$(pictures out.mkv)" -gt 40 ] && echo decodes
echo "== what is not like it"
ffmpeg -v error -f lavfi -i sine -t 1 -c:a libopus other.mp4
status probe --repair none.mkv --like other.mp4 killed.mp4
status probe --repair none.mkv --like missing.mp4 killed.mp4
status probe --like like.mp4 killed.mp4
status probe --repair none.mkv killed.mp4 | sed 's/[0-9]* bytes/N bytes/'
list . | grep none || echo "no file"
