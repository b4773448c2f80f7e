# kill -9 at random moments of a live run: players see one stream, with a discontinuity for each.
make_clip clip.mp4 12
small_ladder
transcode-ladder clip.mp4 --ladder small.toml --gop 1s --segment 1s --log-level error >ladder.nut
python3 "$CASES/killed_live.py" ladder.nut 6 4 $((RANDOM))
# ffmpeg closes the jumps of time with one offset for all streams; each of them may then overlap by
# less than a frame, which it complains of.
ffmpeg -v error -i out/master.m3u8 -map 0 -f null - 2>&1 | grep -v 'non monotonically increasing dts'
rm -r out
python3 "$CASES/killed_live.py" ladder.nut 6 2 $((RANDOM)) --type ts --encrypt aes-128 --window 10s
