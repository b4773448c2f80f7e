# What ffmpeg's own HLS writer makes with its defaults gets the findings it deserves, and no other.
picture="-f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=440:r=48000"
codecs="-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -ac 2"
found() {
  probe "$@" >report.txt || echo "probe $?"
  grep -E '^(must|should) ' report.txt | awk '{ print $1, $2 }' | LC_ALL=C sort -u
}
ffmpeg -v error $picture -t 24 $codecs -f hls -master_pl_name master.m3u8 -hls_playlist_type vod vod.m3u8
echo "-- on demand"
found master.m3u8
echo "-- on demand, ended, of no type"
ffmpeg -v error $picture -t 24 $codecs -f hls ended.m3u8
found ended.m3u8
echo "-- live, while it runs"
ffmpeg -v error $picture -t 64 $codecs -f hls -master_pl_name live.m3u8 -hls_flags omit_endlist run.m3u8
found live.m3u8
echo "-- live, started again"
ffmpeg -v error $picture -t 14 $codecs -f hls -hls_flags append_list+omit_endlist run.m3u8
found run.m3u8
