# Players that know nothing of Weir play a pipe stream and leave the event track alone.
ingest test:size=320x180,rate=25 --duration 2s | ffmpeg -v error -i - -f null - && echo "ffmpeg plays"
ingest test:size=320x180,rate=25 --duration 2s |
  ffprobe -v error -show_entries stream=codec_type,codec_tag_string -of csv=p=0 -
command -v mpv >/dev/null || skip "no mpv"
ingest test:size=320x180,rate=25 --duration 2s |
  mpv --no-config --vo=null --ao=null --untimed --really-quiet - && echo "mpv plays"
