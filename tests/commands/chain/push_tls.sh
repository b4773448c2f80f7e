# RTMP in TLS, with a certificate of our own: ffmpeg and flv-mux publish, whom nobody trusts is refused.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout key.pem -out certificate.pem 2>openssl.txt || cat openssl.txt
make_clip clip.flv 2
packets() { ffmpeg -v error -i "$1" -map 0:v -map 0:a -f framemd5 - | grep -v '^#' | cut -d, -f1,6; }
packets clip.flv >before.txt

begin() {
  port=$((20000 + RANDOM % 10000))
  : >log.txt
  ingest --listen rtmps://127.0.0.1:$port/live --tls-certificate certificate.pem --tls-key key.pem \
    --reconnect-window 500ms >live.nut 2>log.txt &
  until_listening log.txt $! || cat log.txt
}

arrived() {
  wait $!
  echo "exit $?"
  packets live.nut >after.txt
  sort before.txt >sorted.txt
  sort after.txt | diff sorted.txt - >differences.txt && echo same || head -6 differences.txt
}

push() {
  status flv-mux clip.flv --push "rtmps://localhost:$port/live/show" --push-queue 60s --push-retry 1s --log-level error |
    sed -E 's/:[0-9]+\//:PORT\//'
}

echo "== ffmpeg"
begin
status ffmpeg -v error -i clip.flv -c copy -f flv "rtmps://localhost:$port/live/show"
arrived

echo "== flv-mux"
begin
SSL_CERT_FILE=certificate.pem push
arrived

echo "== not trusted"
begin
push
kill -TERM $!
wait $!
