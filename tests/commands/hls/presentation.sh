# What a file says of the presentation: tags, pathways that lead to the same files, several sounds.
make_clip clip.mp4 4
ffmpeg -v error -i clip.mp4 -map 0:v -map 0:a -map 0:a -map 0:a -c:v copy -c:a:0 copy -c:a:1 copy -c:a:2 ac3 \
  -metadata:s:a:0 language=eng -metadata:s:a:1 language=eng -metadata:s:a:2 language=eng film.mp4
cat > p.toml <<'T'
[start]
offset = "1s"


[[session_data]]
id = "org.example.title"
value = "Drei Körbe"

[[pathway]]
id = "here"
base = "./"

[[pathway]]
id = "there"
base = "../out/"

[steering]
ttl = 60

[[rendition]]
name = "180p"
score = 1.5

[[rendition]]
name = "audio-2"
label = "English, described"
characteristics = ["public.accessibility.describes-video"]
T
hls-segment film.mp4 --segment 2s -o out --log-level warning --presentation p.toml --start-offset -2s
sed 's/BANDWIDTH=[0-9]*/BANDWIDTH=0/g' out/master.m3u8
cat out/steering.json
grep -h START out/*/*.m3u8
probe --strict out/master.m3u8 > report.txt
grep -E "must|should" report.txt
ffprobe -v warning -show_entries stream=codec_name -of csv=p=0 out/master.m3u8 | sort -u

echo "-- what cannot be"
sed 's/\[start\]/[strat]/' p.toml > bad.toml
status hls-segment film.mp4 -o no --presentation bad.toml
sed 's/audio-2/audio-7/' p.toml > bad.toml
status hls-segment film.mp4 -o no --presentation bad.toml
status hls-segment film.mp4 -o no --presentation nowhere.toml
status hls-segment film.mp4 -o no --start-offset soon
status hls-segment film.mp4 -o no --encrypt aes-128 --key-uri 'https://{$keys}/{name}'
