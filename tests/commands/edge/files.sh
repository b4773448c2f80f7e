# A folder of HLS, as curl and ffmpeg see it; nothing outside.
. "$CASES/edge_lib.sh"
make_clip clip.mp4 4
hls-segment clip.mp4 -o hls --segment 2s --log-level error
echo secret >secret.txt
ln -s ../secret.txt hls/link.txt
cp -r hls more
begin_edge --hls hls --hls /more/of/it=more
get() { curl -s -m 5 --path-as-is -o got -w '%{http_code} %{content_type}\n' "http://127.0.0.1:$http$1"; }

for path in /hls/master.m3u8 /more/of/it/master.m3u8; do
  get $path
  cmp got hls/master.m3u8 && echo same
done
pictures "http://127.0.0.1:$http/hls/master.m3u8"
for path in /master.m3u8 /hls /hls/ /hls/none.m4s /hls/../secret.txt /hls/%2e%2e/secret.txt /hls/link.txt \
  /hls/..%2fsecret.txt /hls/%00 /more/master.m3u8 /hlsx/master.m3u8; do
  echo "$path $(get $path)"
done
end_edge
