# One set of segments, two kinds of players: ffmpeg reads the same packets through either manifest.
make_clip clip.mp4 8
small_ladder
transcode-ladder clip.mp4 --ladder small.toml --gop 1s --segment 2s --log-level error >ladder.nut
# ffmpeg resolves names in a manifest only when its own path is absolute.
packets() { ffmpeg -v warning -i "$PWD/$1" -map "$2" -c copy -f framehash - | grep -v '^#' | sed 's/.*, *//' | md5sum; }
same() {
  for track in v:0 v:1 a:0; do
    cmp <(packets out/master.m3u8 $track) <(packets out/manifest.mpd $track) && echo "$track is the same"
  done
}
hls-segment ladder.nut -o out --dash --gzip --log-level error
list out | grep -v seg-
sed 's/bandwidth="[0-9]*"/bandwidth="N"/; s/codecs="avc1[^"]*"/codecs="avc1"/' out/manifest.mpd
gzip -dc out/manifest.mpd.gz | cmp - out/manifest.mpd
same
hls-segment ladder.nut -o live --dash --playlist live --window 4s --log-level error
grep -o 'type="[a-z]*"\|startNumber="[0-9]*"' live/manifest.mpd
try() { status hls-segment ladder.nut -o none --dash "$@"; }
try --type ts
try --type packed
try --encrypt aes-128
try --type ts --encrypt sample-aes
try --single-file
[ -e none ] && find none -type f
