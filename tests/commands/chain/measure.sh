# Decoding tells how loud it is, and where nothing is to be seen or heard, as ffmpeg's own filters do.
ffmpeg -v error -f lavfi -i "testsrc2=size=320x180:rate=25" -f lavfi -i "sine=1000:r=48000" -t 8 \
  -vf "drawbox=enable='between(t,2,3.99)':color=black:t=fill,loop=loop=50:size=1:start=125,trim=duration=8" \
  -af "volume=enable='between(t,4,5.99)':volume=0,aformat=channel_layouts=stereo" \
  -c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -c:a pcm_s16le odd.mkv
probe --measure odd.mkv | grep -E "^(loudness|black|frozen|silent)"
expected=$(ffmpeg -v info -i odd.mkv -af ebur128 -vn -f null - 2>&1 | sed -n 's/^ *I: *\(-[0-9.]*\) LUFS$/\1/p' | tail -1)
probe --measure odd.mkv | grep -q "^loudness  $expected LUFS" && echo "as ffmpeg says"
probe --json --measure odd.mkv | sed -n '/"measured"/,/"range"/p'
probe odd.mkv | grep -c loudness || true
