# Ports below 1024 without being root: sockets are handed over as systemd does it.
. "$CASES/edge_lib.sh"
mkdir www
printf '#EXTM3U\n#EXT-X-TARGETDURATION:4\n' >www/a.m3u8
chmod 755 . www
cat >hand_over.py <<'P'
# Listens on two ports, low ones when it may, and becomes edge, as nobody then.
import os, socket, sys

def listen(first):
    for port in range(first, first + 300):
        one = socket.socket()
        try:
            one.bind(("127.0.0.1", port))
            one.listen(100)
            return one
        except OSError:
            one.close()
    sys.exit("no port is free")

root = os.getuid() == 0
sockets = [listen(700 if root else 27000), listen(400 if root else 28000)]
open("ports", "w").write(" ".join(str(one.getsockname()[1]) for one in sockets))
for number, one in enumerate(sockets):
    os.dup2(one.fileno(), 10 + number)
for number in range(2):
    os.dup2(10 + number, 3 + number, inheritable=True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="http:rtmp")
if root:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
os.execvp("edge", ["edge"] + sys.argv[1:])
P
: >log.txt
python3 hand_over.py --http systemd:http --rtmp systemd:rtmp/live --hls www --threads 2 2>log.txt &
server=$!
until [ "$(grep -c listening log.txt)" = 2 ]; do kill -0 $server || break; sleep 0.05; done
read -r http rtmp <ports
for i in 1 2 3 4 5 6; do curl -s -m 5 -o /dev/null -w '%{http_code} ' "http://127.0.0.1:$http/hls/a.m3u8"; done; echo
make_clip clip.flv 2
ffmpeg -v error -re -i clip.flv -c copy -f flv "rtmp://127.0.0.1:$rtmp/live/show" &
publisher=$!
until_live show && echo live
wait $publisher && echo published
[ "$(id -u)" != 0 ] || [ "$(stat -c %u /proc/$server)" = 65534 ] && echo "nobody of importance"
end_edge
grep -v 'ends when\|gives a stream' log.txt | sed 's/port [0-9]*/port N/'
echo "== not handed over"
status edge --http systemd:https
