# What is drawn and cut stands in the finished picture, where and as strong as it was asked for.
make_clip clip.mp4 2 320x180
small_ladder
ladder() { transcode-ladder --ladder small.toml --log-level error --no-audio --quality 4 -o '{rendition}.mp4' "$@"; }
# The luma, 0 to 255, of one picture at a time, averaged over a box: X Y W H.
luma() { # FILE SECONDS BOX
  ffmpeg -v error -ss "$2" -i "$1" -frames:v 1 -vf "crop=$3,scale=1:1:flags=area,format=gray" -f rawvideo - | od -An -tu1 | tr -d ' '
}
near() { # NAME IS SHOULD BY
  [ "$(($2 > $3 ? $2 - $3 : $3 - $2))" -le "$4" ] && echo "$1 as it should be" || echo "$1 is $2, not $3"
}

# Names with everything libavfilter takes for its own.
name="it's, [a] 100%:b;c\\d.png"
ffmpeg -v error -f lavfi -i color=white:s=60x40 -frames:v 1 -pix_fmt rgba white.png
mv white.png "$name"
ffmpeg -v error -f lavfi -i color=gray:s=320x180:r=25 -t 2 -c:v libx264 -qp 4 -pix_fmt yuv420p grey.mp4
ladder grey.mp4 --watermark "$name,corner=bottom-right,margin=20,opacity=0.5,start=1s,end=1500ms"
grey=$(luma grey.mp4 0.5 60:40:240:120)
near "before its time" "$(luma 180p.mp4 0.5 60:40:240:120)" "$grey" 1
near "half of white" "$(luma 180p.mp4 1.2 56:36:242:122)" $(((grey + 255) / 2)) 3
near "left of it" "$(luma 180p.mp4 1.2 20:40:216:120)" "$grey" 1
near "below it" "$(luma 180p.mp4 1.2 60:16:240:164)" "$grey" 1
near "after its time" "$(luma 180p.mp4 1.8 60:40:240:120)" "$grey" 1

# A clip of 320x140 in a black frame.
ffmpeg -v error -i clip.mp4 -vf 'crop=320:140,pad=320:180:0:20:black' -c:v libx264 -qp 10 boxed.mp4
transcode-ladder --ladder small.toml --no-audio -o '{rendition}.mp4' --crop auto boxed.mp4 2>&1 | grep crop
ffprobe -v error -show_entries stream=width,height -of csv=p=0 180p.mp4

# Every other picture twice as long.
ffmpeg -v error -i clip.mp4 -vf "select='mod(n,4)'" -fps_mode vfr -c:v libx264 -qp 10 vfr.mkv
transcode-ladder --ladder small.toml --no-audio -o '{rendition}.mp4' --fps 25 vfr.mkv 2>&1 | grep pictures
pictures 180p.mp4

refused() { status transcode-ladder --ladder small.toml -o out.nut "$@" clip.mp4; }
refused --watermark nowhere.png
refused --watermark clip.mp4
refused --filter 'hflip,nonsense'
refused --crop 640:480:0:0
refused --crop auto --mode live
refused --beauty 2
refused --fps 0
