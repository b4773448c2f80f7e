# Over TLS: to a server whose certificate is good, and to no other.
. "$CASES/web_server.sh"
command -v openssl >/dev/null || skip "openssl is not installed"
certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout "$1.key" -out "$1.pem" "${@:2}" 2>/dev/null
}
certificate ca -subj '/CN=Test CA' -addext basicConstraints=critical,CA:TRUE
certificate site -subj '/CN=site' -CA ca.pem -CAkey ca.key -addext subjectAltName=DNS:localhost \
  -addext basicConstraints=critical,CA:FALSE || skip "openssl cannot sign a certificate"
listen='listen 127.0.0.1:PORT ssl; ssl_certificate site.pem; ssl_certificate_key site.key;' serve
make_clip clip.mp4 4
try() { status hls-segment --http-retry 300ms --log-level error "$@" clip.mp4 | sed "s/:$port/:PORT/; s/180p\|audio/RENDITION/"; }
hls-segment --log-level error -o local clip.mp4
echo "trusted and named"
SSL_CERT_FILE=ca.pem try -o "https://localhost:$port/vod"
diff -r local www/vod && echo "the same"
echo "trusted, but of another name"
SSL_CERT_FILE=ca.pem try -o "https://127.0.0.1:$port/other"
echo "not trusted"
try -o "https://localhost:$port/other"
echo "no TLS at all"
try -o "http://localhost:$port/other"
list www | grep -c other || true
