# What the server of a presentation says around it: types, compression, redirects, TLS and certificates.
. "$CASES/web_server.sh"
make_clip clip.mp4 4
hls-segment --segment 2s --log-level error -o www clip.mp4
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=IP:127.0.0.1 -batch -keyout good.key -out good.pem 2>/dev/null
openssl genrsa -out weak.key 2048 2>/dev/null
openssl req -new -key weak.key -subj /CN=weak -batch 2>/dev/null |
  openssl x509 -req -sha1 -days 2 -CA good.pem -CAkey good.key -CAcreateserial -out weak.pem 2>/dev/null
# An https server that keeps the rules, and one that breaks what it can.
listen="listen 127.0.0.1:PORT ssl;" serve '
    ssl_certificate good.pem; ssl_certificate_key good.key;
    types { application/vnd.apple.mpegurl m3u8; video/iso.segment m4s; video/mp4 mp4; }
    gzip on; gzip_types application/vnd.apple.mpegurl; gzip_min_length 1;'
rules="general-8.18,general-10.1,general-10.4,general-12.1,general-12.2,general-12.3,weir-TRUST"
SSL_CERT_FILE=good.pem status probe "https://127.0.0.1:$port/master.m3u8" --only $rules | tail -n 2
kill "$server"; wait "$server"
listen="listen 127.0.0.1:PORT ssl;" serve '
    ssl_certificate weak.pem; ssl_certificate_key weak.key; ssl_protocols TLSv1.2;
    ssl_ciphers AES128-GCM-SHA256:@SECLEVEL=0;
    types { text/plain m3u8; }
    location /old/ { rewrite ^/old/(.*) /$1 redirect; }'
SSL_CERT_FILE=good.pem status probe "https://127.0.0.1:$port/old/master.m3u8" --only $rules >told.txt
grep -E 'master|init|:[0-9]* |exit' told.txt | sed "s/$port/PORT/g; s/  */ /g"
