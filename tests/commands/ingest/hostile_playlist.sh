# A playlist from the network cannot make us read our own files: what it names goes over the network.
. "$CASES/web_server.sh"
serve
make_clip own.ts 4
cp own.ts www/theirs.ts
playlist() {  # NAME SEGMENT
  printf '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n%s\n#EXT-X-ENDLIST\n' "$2" >"www/$1.m3u8"
}
playlist good theirs.ts
playlist file "file://$PWD/own.ts"
playlist path "$PWD/own.ts"
playlist concat "concat:$PWD/own.ts|$PWD/own.ts"
playlist subfile "subfile,,start,0,end,100000,,:$PWD/own.ts"
for name in good file path concat subfile; do
  code=0
  ingest "http://127.0.0.1:$port/$name.m3u8" --log-level error -o $name.nut 2>/dev/null || code=$?
  echo "$name: exit $code, $([ -s $name.nut ] && pictures $name.nut || echo no) pictures"
done
