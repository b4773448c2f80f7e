# Three targets of one push: one that works, one that is not there, one that never answers. The
# first gets everything, and the others are named.
module=/usr/lib/nginx/modules/ngx_rtmp_module.so
[ -e $module ] && command -v nginx >nginx.txt || skip "no nginx with its RTMP module"

read -r port silent < <(python3 -c '
import socket
sockets = [socket.socket() for _ in range(2)]
for one in sockets: one.bind(("127.0.0.1", 0))
print(*[one.getsockname()[1] for one in sockets])')
cat > nginx.conf <<C
load_module $module;
daemon off; master_process off; pid $PWD/nginx.pid; error_log $PWD/error.log;
events {}
rtmp { server { listen 127.0.0.1:$port; application live { live on; record all; record_path $PWD; } } }
C
nginx -e error.log -c "$PWD/nginx.conf" 2>nginx.txt &
server=$!
python3 -c '
import socket, sys, time
one = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)' "$silent" &
mute=$!
trap 'kill $server $mute' EXIT
until (exec 3<>/dev/tcp/127.0.0.1/"$port" && exec 3<>/dev/tcp/127.0.0.1/"$silent") 2>ports.txt; do :; done

make_clip clip.mp4 2 320x180 25
ingest --realtime clip.mp4 | status flv-mux --push "rtmp://127.0.0.1:$port/live/talk?key=secret" \
  --push rtmp://127.0.0.1:1/live/secret --push "rtmp://127.0.0.1:$silent/live/secret" \
  --progress json --push-retry 1s >words.txt
grep -q secret words.txt && echo "a secret was shown"
grep -c '"targets":\[{"name":"rtmp://127.0.0.1:'"$port"'/live/..."' words.txt | sed 's/[1-9][0-9]*/targets are reported/'
sed -n "s/:$port\//:PORT\//; /bytes sent/s/[0-9]* bytes/N bytes/p" words.txt | grep PORT
grep "not pushed" words.txt | sed "s/:$silent\//:SILENT\//; s/trying.*//"
tail -1 words.txt
kill $server && wait $server
trap 'kill $mute' EXIT
ffprobe -v error -count_packets -show_entries stream=codec_name,nb_read_packets -of csv=p=0 talk.flv
ffprobe -v error -count_packets -show_entries stream=codec_name,nb_read_packets -of csv=p=0 clip.mp4
