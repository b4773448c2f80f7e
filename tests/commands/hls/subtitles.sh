# Subtitles from files of several kinds beside a clip: files, playlists, times on the clock of the media.
make_clip clip.mp4 6
cat > en.vtt <<'T'
WEBVTT

STYLE
::cue { color: yellow }

hello
00:00:00.500 --> 00:00:02.500 line:0
<v Ann>Hello &amp; welcome

00:05.000 --> 00:05.500
Bye
T
cat > fr.srt <<'T'
1
00:00:01,000 --> 00:00:03,000
<i>Bonjour</i> & toi

2
00:00:04,500 --> 00:00:05,000
{\an8}En haut
T
ffmpeg -v error -i clip.mp4 -i fr.srt -c copy -c:s mov_text -metadata:s:s:0 language=fra film.mp4
ffmpeg -v error -i fr.srt -i fr.srt -map 0 -map 1 -c:s:0 copy -c:s:1 webvtt -metadata:s:s:0 language=fra -metadata:s:s:1 language=eng texts.mkv

hls-segment film.mp4 --segment 2s -o out --log-level warning \
  --subtitles en.vtt,en,default --subtitles fr.srt,fr,name=Français,sdh --subtitles film.mp4,fr,forced \
  --subtitles texts.mkv,en
list out | grep text
grep -h SUBTITLES out/master.m3u8 | sed 's/BANDWIDTH=[0-9]*/BANDWIDTH=0/g'
cat out/text-en/index.m3u8 out/text-en/seg-00000.vtt out/text-fr/seg-00002.vtt out/text-fr-2/seg-00002.vtt
grep -c Bonjour out/text-en-2/seg-0000*.vtt
probe --strict out/master.m3u8 > report.txt
grep -E "must|should" report.txt

echo "-- as FFmpeg reads them"
ffmpeg -v error -i out/text-fr/index.m3u8 -f srt -

echo "-- the first picture of a segment has the stamp its cues are counted from"
hls-segment clip.mp4 --type ts --segment 2s -o ts --subtitles en.vtt,en --log-level error
ffprobe -v error -select_streams v -show_entries packet=pts -of csv=p=0 ts/180p/seg-00000.ts | head -1 | tr -d ','
grep -h MAP ts/text-en/seg-00002.vtt

echo "-- live, after a kill, encrypted and compressed"
for run in 1 2; do
  hls-segment clip.mp4 --playlist live --segment 2s -o live --gzip --subtitles en.vtt,en --encrypt aes-128 --log-level error
  sed -i 's/#EXT-X-ENDLIST//' live/*/index.m3u8
done
grep -vE "DATE-TIME|^$" live/text-en/index.m3u8
list live | grep -c gz

echo "-- what cannot be"
status hls-segment clip.mp4 -o no --subtitles en.vtt
status hls-segment clip.mp4 -o no --subtitles absent.vtt,en
status hls-segment clip.mp4 -o no --subtitles clip.mp4,en
status hls-segment clip.mp4 -o no --subtitles en.vtt,en,default --subtitles fr.srt,fr,default
printf 'WEBVTT\n\n00:01.000 --> 00:02.000\ncaf\351\n' > latin.vtt
status hls-segment clip.mp4 -o no --subtitles latin.vtt,en
