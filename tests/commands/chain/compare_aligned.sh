# Streams are laid on each other by content, whatever is cut off in front and however many pictures a
# second there are; the worst pictures are the ones that were spoilt, and can be looked at.
ffmpeg -v error -f lavfi -i "testsrc2=size=320x180:rate=60" -f lavfi -i "aevalsrc=sin(2*PI*440*t)*gt(mod(t*t\,1)\,0.5):s=48000" \
  -t 20 -c:v libx264 -preset ultrafast -qp 0 -g 60 -pix_fmt yuv420p -c:a pcm_s16le reference.mov
copy() { ffmpeg -v error "$@" -c:v libx264 -preset ultrafast -qp 0 -pix_fmt yuv420p -c:a pcm_s16le -y out.mov; }
facts() {
  python3 - "$@" <<'P'
import json, sys
report = json.load(open("report.json"))
print(f'{report["shift"]:+.3f} s, sound {round(report["sound_late"], 3) + 0.0:+.3f} s, matched {report["matched"]}, '
      f'unmatched {report["unmatched"]}, PSNR at least {report["psnr"]["worst"]:.0f}')
P
}
echo "the input begins 12.35 s later"
copy -ss 12.35 -i reference.mov
probe --json --compare reference.mov out.mov >report.json && facts
echo "the reference begins 12.35 s later"
mv out.mov late.mov
probe --json --compare late.mov reference.mov >report.json && facts
echo "the input has half the pictures, and begins 3.1 s later"
copy -ss 3.1 -i reference.mov -vf "select=not(mod(n\,2))" -fps_mode passthrough
probe --json --compare reference.mov out.mov >report.json && facts
echo "the reference has half the pictures"
mv out.mov half.mov
probe --json --compare half.mov reference.mov >report.json && facts
echo "25 pictures a second against 60"
copy -ss 3.1 -i reference.mov -r 25
probe --json --compare reference.mov out.mov >report.json
for file in reference out; do ffmpeg -v error -i $file.mov -map 0:v -f framemd5 - | grep -v '#' | awk '{print $NF}' >$file.md5; done
python3 - <<'P'
import json
theirs = {digest: i / 60 for i, digest in enumerate(open("reference.md5").read().split())}
truth = [theirs[digest] - i / 25 for i, digest in enumerate(open("out.md5").read().split())]
report = json.load(open("report.json"))
off = report["shift"] - sum(truth) / len(truth)
print("to half a step" if abs(off) < 0.5 / 60 else off, len(truth) - report["matched"], report["unmatched"])
P

echo "one picture is spoilt"
copy -t 6 -i reference.mov -vf "drawbox=w=100:h=100:color=white:t=fill:enable='between(t,3.995,4.005)'"
probe --compare reference.mov out.mov --pictures worst --html page.html >text.txt
grep -E "^VMAF|^worst" text.txt | head -2
ls worst | head -1
ffprobe -v error -show_entries stream=width,height -of csv=p=0 "$(ls -d worst/* | head -1)"
# The spoilt square is white at the right and is not at the left.
ffmpeg -v error -i worst/worst-1-* -vf crop=90:90:0:0,scale=1:1:flags=area,format=gray -f rawvideo - | od -An -tu1 | awk '{print ($1 > 220 ? "white" : "not white")}'
ffmpeg -v error -i worst/worst-1-* -vf crop=90:90:328:0,scale=1:1:flags=area,format=gray -f rawvideo - | od -An -tu1 | awk '{print ($1 > 220 ? "white" : "not white")}'
grep -o '<img ' page.html | wc -l
grep -c 'src="http' page.html
status probe --compare reference.mov --pictures /dev/null/there out.mov
status probe --pictures there out.mov
