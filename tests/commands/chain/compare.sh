# A poorer, shorter, smaller copy is laid on its reference by content, and scored as ffmpeg scores it.
ffmpeg -v error -f lavfi -i "testsrc2=size=320x180:rate=25" -f lavfi -i "aevalsrc=sin(2*PI*440*t)*gt(mod(t*t\,1)\,0.5):s=48000" \
  -t 10 -c:v libx264 -preset ultrafast -qp 0 -g 50 -pix_fmt yuv420p -c:a pcm_s16le reference.mkv
ffmpeg -v error -ss 2 -i reference.mkv -c:v libx264 -preset ultrafast -b:v 200k -c:a pcm_s16le poor.mkv
probe --compare reference.mkv poor.mkv | grep -E "^the reference|^sound|in the reference$"
ffmpeg -v error -i poor.mkv -i reference.mkv -lavfi "[1:v]trim=start=2,setpts=PTS-STARTPTS[r];[0:v]setpts=PTS-STARTPTS[p];[p][r]psnr=psnr.log" -f null -
ffmpeg -v error -i poor.mkv -i reference.mkv -lavfi "[1:v]trim=start=2,setpts=PTS-STARTPTS[r];[0:v]setpts=PTS-STARTPTS[p];[p][r]ssim=ssim.log" -f null -
probe --json --compare reference.mkv poor.mkv > report.json
python3 - <<'P'
import json, re
report = json.load(open("report.json"))
for name, key, limit in (("psnr", r"psnr_y:([\d.]+)", 0.02), ("ssim", r"Y:([\d.]+)", 0.001)):
    theirs = [float(re.search(key, line)[1]) for line in open(name + ".log")]
    ours = [picture[name] for picture in report["pictures"]]
    far = max(abs(a - b) for a, b in zip(ours, theirs))
    print(name, len(ours), len(theirs), "agree" if len(ours) == len(theirs) and far < limit else f"off by {far}")
P
ffmpeg -v error -i reference.mkv -itsoffset 0.2 -i reference.mkv -map 0:v -map 1:a -c copy late.mkv
probe --compare reference.mkv late.mkv | grep -E "^sound|^PSNR"
status probe --compare reference.mkv - < late.mkv
