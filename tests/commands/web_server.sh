# nginx as the place files are put to: its folder is www, its words are in nginx.log.

# serve [MORE]: starts it on a free port, which becomes $port; MORE stands in the server's block.
serve() {
  command -v nginx >/dev/null || skip "nginx is not installed"
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  mkdir -p www spool
  cat > nginx.conf <<T
daemon off;
$([ "$(id -u)" -ne 0 ] || echo "user root;")
worker_processes 1;
pid nginx.pid;
events {}
http {
  access_log access.log;
  client_body_temp_path spool/a;
  proxy_temp_path spool/b;
  fastcgi_temp_path spool/c;
  uwsgi_temp_path spool/d;
  scgi_temp_path spool/e;
  server {
    ${listen:-listen 127.0.0.1:$port;}
    root www;
    dav_methods PUT DELETE;
    create_full_put_path on;
    $*
  }
}
T
  sed -i "s/PORT/$port/" nginx.conf
  nginx -p "$PWD" -c nginx.conf -e nginx.log 2>/dev/null &
  server=$!
  for _ in $(seq 200); do [ -s nginx.pid ] && return; sleep 0.02; done
  echo "nginx does not start" && cat nginx.log
}
