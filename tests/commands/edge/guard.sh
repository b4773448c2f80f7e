# A guarded route: the backend is asked once, and what it said outlives it.
. "$CASES/edge_lib.sh"
mkdir www
echo '{"seats": 5}' >www/room.json
python3 -u -m http.server --bind 127.0.0.1 --directory www 0 >backend.txt 2>&1 &
backend=$!
until grep -q port backend.txt; do sleep 0.05; done
port=$(sed 's/.* port \([0-9]*\) .*/\1/;q' backend.txt)
cat >guard.toml <<T
[[api]]
path = "/room.json"
backend = "http://127.0.0.1:$port"
[api.cache]
fresh = "10ms"
refresh = "1ms"
[api.breaker]
least_calls = 2
open_for = "1m"

[[api]]
path = "/limited"
backend = "http://127.0.0.1:$port"
[api.bucket]
rate = 1
per = "1m"
T
status edge --check-config --config guard.toml --http 127.0.0.1:0
begin_edge --config guard.toml
ask() { curl -s -o answer -w '%{http_code}\n' -D head "http://127.0.0.1:$http$1"; }

ask /room.json
cat answer
grep -i '^cache-status' head | tr -d '\r'
kill $backend
wait $backend
echo "== without its backend"
for i in 1 2 3 4; do
  sleep 0.05
  ask /room.json
done
cat answer
grep -ic '^cache-status: edge; hit; ttl=-.*; detail=stale-if-error' head
grep -o 'the breaker.*' log.txt | sed "s/$port/PORT/"
echo "== limited"
ask /limited
ask /limited
grep -i '^retry-after' head | tr -d '\r'
echo "== told"
curl -s http://127.0.0.1:$http/metrics | grep -E '^weir_edge_api_(limited|unavailable|breaker)'
end_edge
