# Near the limit of open files: who comes is told to come later, who is there is served, and it is said.
. "$CASES/edge_lib.sh"
mkdir www
printf '#EXTM3U\n#EXT-X-TARGETDURATION:4\n' >www/a.m3u8
edge() { exec bash -c 'ulimit -n 128; exec "$0" "$@"' "$(type -P edge)" "$@"; }
begin_edge --hls www
python3 - $http <<'P'
import socket, sys, time

port = int(sys.argv[1])
ask = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

def connect():
    one = socket.create_connection(("127.0.0.1", port))
    one.settimeout(10)
    return one

first = connect()
idle = [connect() for _ in range(150)]
first.sendall(ask)
print("who is there:", first.recv(100)[9:12].decode())
extra = connect()
extra.sendall(ask)
answer = extra.recv(1000)
print("who comes:", answer[9:12].decode(), b"Retry-After" in answer)
for one in idle[:80]:
    one.close()
for _ in range(100):  # it accepts again a moment after it could not
    again = connect()
    again.sendall(ask)
    if again.recv(100)[9:12] == b"200":
        print("who comes when some have gone: 200")
        break
    time.sleep(0.05)
P
end_edge
grep -c 'no descriptor is left' log.txt | sed 's/[1-9][0-9]*/some/'
