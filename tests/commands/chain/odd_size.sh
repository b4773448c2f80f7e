# Odd numbers of lines and columns, and a picture smaller than every rung, are encoded all the same.
small_ladder
for size in 321x181 161x99; do
  ffmpeg -v error -f lavfi -i testsrc2=size=$size:rate=25 -t 2 -c:v libx264 -preset ultrafast -pix_fmt yuv444p $size.mp4
  transcode-ladder $size.mp4 --ladder small.toml --log-level error -o "$size-{rendition}.mp4"
  echo "exit $?"
done
ls *-*.mp4
for file in *-*.mp4; do echo "$file $(pictures "$file")"; done
