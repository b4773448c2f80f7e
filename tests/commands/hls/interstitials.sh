# A cue sheet becomes interstitials in every media playlist; what is wrong in one names its line.
make_clip clip.mp4 8
cat > cues.toml <<'T'
[[interstitial]]
id = "break-1"
at = "4s"
assets = [{ uri = "https://ads.example.com/one.m3u8", duration = "15s" }]
resume_offset = 0
restrict = ["skip", "jump"]
T
hls-segment clip.mp4 --segment 2s --interstitials cues.toml -o out --log-level warning
grep -h DATERANGE out/180p/index.m3u8 out/audio/index.m3u8
cat out/interstitial-break-1.json
probe --strict out/master.m3u8 > probe.txt || { echo "probe $?"; cat probe.txt; }
ffmpeg -v warning -i out/master.m3u8 -map 0 -c copy -f null - && echo "ffmpeg plays it"
sed -i 's/resume_offset/resume_ofset/' cues.toml
status hls-segment clip.mp4 --interstitials cues.toml -o wrong
status hls-segment clip.mp4 --interstitials none.toml -o wrong
[ -e wrong ] || echo "nothing is written"
