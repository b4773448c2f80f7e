# What cannot be is said before anything is served.
mkdir www
printf 'show:key\n' >keys
chmod 600 keys
printf '[listen]\nhttp = "127.0.0.1:8080"\nrtmp = "0.0.0.0:1935/live"\n\n[[hls]]\nroot = "www"\n\n[publish]\nkey_file = "keys"\n' >good.toml
printf '[listen]\nhtpt = "127.0.0.1:8080"\n' >key.toml
printf '[listen]\nhttp = "somewhere"\n' >door.toml
printf '[live]\nbatch = 300\n' >batch.toml
printf '[[hls]]\nroot = "www"\npath = "hls"\n' >hls.toml
printf '[listen]\nhttp = "127.0.0.1:1"\nrtmp = "[::]:1936"\n' >open.toml

for file in good key door batch hls open nowhere; do
  echo "== $file.toml"
  status edge --check-config --config $file.toml
done
echo "== options"
status edge
status edge --http 127.0.0.1
status edge --http 127.0.0.1:99999
status edge --rtmp localhost
status edge --http 127.0.0.1:0 --hls missing
status edge --http 127.0.0.1:0 --hls =www
status edge --http 127.0.0.1:0 --hls a=www
status edge --http 127.0.0.1:0 --hls www --hls /hls=www
status edge --hls www --rtmp 127.0.0.1:0
status edge --rtmp 0.0.0.0:0
status edge --http 0.0.0.0:0 --hls www --push
status edge --http 127.0.0.1:0 --hls www --push --key-file missing
status edge --http 127.0.0.1:0 --hls www --push --check-config
status edge --rtmp 127.0.0.1 --key-file missing --check-config
status edge --threads 0
echo "== the options win over the file"
status edge --config good.toml --check-config --hls /gone=gone
status edge --config good.toml --check-config --key-file missing
status edge --config open.toml --check-config --rtmp 127.0.0.1
echo "== TLS"
echo nothing >empty.pem
status edge --https 127.0.0.1:0
status edge --https 127.0.0.1:0 --certificate missing.pem --certificate-key missing.pem
status edge --rtmps 127.0.0.1 --certificate empty.pem --certificate-key empty.pem --check-config
