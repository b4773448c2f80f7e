// nginx as the plain server players read from: it knows nothing of HLS.
//
//   /media/    the folder of the case
//   /player/   the pages
//   /modules/  what npm installed
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import { pause } from "./chromium.mjs";

export async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const configuration = ({ port, media, players, user }) => `
daemon off;
${user}
worker_processes 1;
pid nginx.pid;
events {}
http {
  types {
    text/html html; text/javascript js mjs; application/vnd.apple.mpegurl m3u8; application/dash+xml mpd;
    video/mp4 mp4 m4s; video/mp2t ts; audio/aac aac; text/vtt vtt; image/jpeg jpg;
  }
  default_type application/octet-stream;
  log_format short '$msec $status $request_method $uri';
  access_log access.log short;
  client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;
  server {
    listen 127.0.0.1:${port};
    location /media/ {
      alias ${media}/;
      add_header Access-Control-Allow-Origin *;
      location ~ \\.(m3u8|mpd)$ { add_header Cache-Control no-cache; add_header Access-Control-Allow-Origin *; }
    }
    location /player/ { alias ${players}/page/; }
    location /modules/ { alias ${players}/node_modules/; }
    location = /favicon.ico { return 204; }
  }
}`;

export class Web {
  /** `folder` is for its own files, `media` and `players` are what it serves. */
  static async start(folder, media, players) {
    fs.mkdirSync(folder, { recursive: true });
    const web = new Web();
    web.folder = folder;
    web.port = await freePort();
    const user = process.getuid() === 0 ? "user root;" : "";
    fs.writeFileSync(`${folder}/nginx.conf`, configuration({ port: web.port, media, players, user }));
    web.child = spawn("nginx", ["-p", folder, "-c", "nginx.conf", "-e", "error.log"], { stdio: "ignore" });
    web.ended = new Promise((resolve) => web.child.on("exit", resolve).on("error", resolve));
    for (let i = 0; !fs.existsSync(`${folder}/nginx.pid`) && i < 200; ++i) await pause(20);
    return web;
  }

  url(path) {
    return `http://127.0.0.1:${this.port}/${path}`;
  }

  /** Every request for media so far: { at, status, method, path }, `at` in seconds since 1970. */
  requests() {
    const lines = fs.readFileSync(`${this.folder}/access.log`, "utf8").trim().split("\n").filter(Boolean);
    return lines.map((line) => line.split(" ")).map(([at, status, method, uri]) =>
      ({ at: Number(at), status: Number(status), method, path: uri.replace("/media/", "") }))
      .filter(({ path }) => !path.startsWith("/"));
  }

  async close() {
    this.child.kill("SIGTERM");
    await this.ended;
  }
}
