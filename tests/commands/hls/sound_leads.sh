# Sound that leads the picture by more than half a second is left out until the picture begins.
make_clip clip.mp4 6
ffmpeg -v error -itsoffset 1 -i clip.mp4 -i clip.mp4 -map 0:v -map 1:a -c copy late.mp4
hls-segment late.mp4 --segment 2s -o out --strict
probe --strict out/master.m3u8 > probe.txt || { echo "probe $?"; cat probe.txt; }
grep EXTINF out/180p/index.m3u8
grep EXTINF out/audio/index.m3u8
