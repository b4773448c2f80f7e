# Thumbnails of VOD and live: tiles, playlists, sizes, times.
make_clip clip.mp4 9
hls-segment clip.mp4 --segment 2s -o out --log-level warning --thumbnails 2s --thumbnail-tiles 3x1 --thumbnail-size 160
list out | grep thumb
grep IMAGE out/master.m3u8 | sed 's/BANDWIDTH=[0-9]*/BANDWIDTH=0/'
cat out/thumbnails/index.m3u8 out/thumbnails/thumbnails.vtt
for tile in out/thumbnails/*.jpg; do
  ffprobe -v error -show_entries stream=codec_name,width,height,color_range -of csv=p=0 "$tile"
done
probe --strict out/master.m3u8 > report.txt
grep -E "must|should" report.txt

echo "-- each picture is that of its time"
ffmpeg -v error -i clip.mp4 -vf "select=eq(n\,100),scale=160:90" -frames:v 1 at_4s.png
ffmpeg -v error -i out/thumbnails/seg-00000.jpg -vf crop=160:90:320:0 third.png
ffmpeg -v info -i at_4s.png -i third.png -lavfi "[0]format=yuv420p[a];[1]format=yuv420p[b];[a][b]ssim" -f null - 2>&1 |
  sed -n 's/.*All:\(0.9\).*/ssim \1/p'

echo "-- turned and stretched as it is shown"
ffmpeg -v error -i clip.mp4 -c copy -map 0:v -t 2 -metadata:s:v rotate=90 turned.mp4
ffmpeg -v error -i clip.mp4 -map 0:v -t 2 -vf scale=240:180,setsar=4/3 -c:v libx264 -preset ultrafast narrow.mp4
for film in turned narrow; do
  hls-segment $film.mp4 -o $film --log-level error --thumbnails 10s --thumbnail-tiles 1x1
  grep -o RESOLUTION=.*, $film/thumbnails/index.m3u8
done

echo "-- the stream is what it is without them"
hls-segment clip.mp4 --segment 2s -o plain --log-level error
diff -r plain out | sed 's/BANDWIDTH=[0-9]*/BANDWIDTH=0/' | sort

echo "-- live, gone on from after a kill"
for run in 1 2; do
  hls-segment clip.mp4 --playlist live --segment 2s -o live --log-level error --thumbnails 2s
  sed -i '/#EXT-X-ENDLIST/d' live/*/index.m3u8
done
grep -v DATE-TIME live/thumbnails/index.m3u8

echo "-- what cannot be"
status hls-segment clip.mp4 -o no --thumbnails 1ms
status hls-segment clip.mp4 -o no --thumbnails 1s --thumbnail-tiles 5
status hls-segment clip.mp4 -o no --thumbnails 1s --thumbnail-tiles 400x1 --thumbnail-size 320
status hls-segment clip.mp4 -o no --thumbnail-tiles 5x5
ffmpeg -v error -i clip.mp4 -vn -c copy sound.mp4
status hls-segment sound.mp4 -o no --thumbnails 1s
