# Every playlist a second time as gzip: the same text, the same bytes each time; off, they are removed.
make_clip clip.mp4 6
hls-segment clip.mp4 --segment 2s -o out --gzip --log-level error
list out | grep gz
for file in $(list out | grep gz); do gzip -dc "out/$file" | cmp - "out/${file%.gz}"; done
hls-segment clip.mp4 --segment 2s -o again --gzip --log-level error
diff -r out again
hls-segment clip.mp4 --segment 2s -o out --playlist live --log-level error
list out | grep gz || echo "none is left"
