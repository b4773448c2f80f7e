# An edge of one's own, and what its viewers got.

# begin_edge OPTION...: starts it on free ports, which become $http and $rtmp; its words are in log.txt. It has $doors
# doors, 2 when nobody says otherwise.
begin_edge() {
  http=$((20000 + RANDOM % 6000))
  rtmp=$((26000 + RANDOM % 6000))
  : >log.txt
  edge --http 127.0.0.1:$http --rtmp 127.0.0.1:$rtmp/live "$@" 2>log.txt &
  server=$!
  until [ "$(grep -c listening log.txt)" = ${doors:-2} ]; do
    kill -0 $server || return
    sleep 0.05
  done
}

end_edge() {
  kill -TERM "$server"
  local code=0
  wait "$server" || code=$?
  echo "edge: exit $code"
}

# Pictures, as they were coded.
picture_sums() { ffmpeg -v error -i "$1" -map 0:v -c copy -f framemd5 - | grep -v '^#' | sed 's/.*, *//'; }

# whole CLIP FILE...: whether each has all pictures of the clip from a key frame on, nothing else and
# nothing twice. $gop pictures lie between two key frames.
whole() {
  picture_sums "$1" >clip.sums
  local file count missed
  for file in "${@:2}"; do
    picture_sums "$file" >viewer.sums
    count=$(wc -l <viewer.sums)
    missed=$(($(wc -l <clip.sums) - count))
    if [ "$count" -gt 0 ] && [ $((missed % gop)) = 0 ] && tail -n "$count" clip.sums | cmp -s - viewer.sums; then
      echo "$file: whole"
    else
      echo "$file: $count pictures, $missed missed"
    fi
  done
}

# What an answer begins with, without waiting for its end.
status_of() { curl -s -m 0.3 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$http/live/$1.flv"; }
until_live() { until [ "$(status_of "$1")" = 200 ]; do sleep 0.05; done; }
until_gone() { until [ "$(status_of "$1")" = 404 ]; do sleep 0.05; done; }
