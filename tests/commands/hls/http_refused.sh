# A target that says no, or is not there, is one line and status 1; no secret is in it.
. "$CASES/web_server.sh"
serve "location /small/ { client_max_body_size 10k; } location /closed/ { return 403; }
  location /down/ { return 503; }"
make_clip clip.mp4 4
try() { status hls-segment --http-retry 300ms --log-level error "$@" clip.mp4 | sed "s/:$port/:PORT/g; s/, [0-9]* attempts* in .*/ after some attempts/; s/seg-[0-9]*\|init/FILE/; s/180p\|audio/RENDITION/"; }
try -o "http://user:hidden@127.0.0.1:$port/closed/?sig=hidden"
try -o "http://127.0.0.1:$port/down"
try --playlist live -o "http://127.0.0.1:$port/down"
try -o "http://127.0.0.1:$port/small"
list www
try -o "http://127.0.0.1:1/"
try -o "http://nowhere.invalid/" | sed "s/': host .*/': host NAME/"
# Usage.
try -o "http://user:hidden@/"
try -o "s3://bucket/x"
try -o "http://127.0.0.1:$port/x" --http-header 'hidden'
try -o "http://127.0.0.1:$port/x" --http-policy drop
