#!/usr/bin/env python3
"""Plays a recorded HLS playlist as if it were live, with a delay and a pause of its choosing.

usage: watch_origin.py FOLDER PLAYLIST [--delay S] [--pause-at S --pause-for S] [--window N]

Segment i of the playlist happened from i to i + 1 times its duration after the start, which its date
says; it is listed `delay` seconds after its end. What would be listed from pause-at on is listed
pause-for later. The port is the first line on stdout.
"""
import argparse
import datetime
import http.server
import pathlib
import sys
import time


def read(path):
    """(lines in front, [(duration, name)])"""
    head, segments, duration = [], [], None
    for line in path.read_text().splitlines():
        if line.startswith("#EXTINF:"):
            duration = float(line[8:].split(",")[0])
        elif duration is not None and not line.startswith("#"):
            segments.append((duration, line))
            duration = None
        elif line.startswith(("#EXT-X-MAP", "#EXT-X-TARGETDURATION", "#EXT-X-VERSION", "#EXT-X-INDEP")):
            head.append(line)
    return head, segments


def listed(options, segments, passed):
    """How many segments are listed so long after the start."""
    when, count = 0.0, 0
    for duration, _ in segments:
        when += duration
        at = when + options.delay
        if options.pause_for and at >= options.pause_at:
            at = max(at, options.pause_at + options.pause_for)
        count += at <= passed
    return count


def text(options, head, segments, start):
    count = listed(options, segments, time.time() - start)
    first = max(0, count - options.window)
    lines = ["#EXTM3U", *head, f"#EXT-X-MEDIA-SEQUENCE:{first}", "#EXT-X-DISCONTINUITY-SEQUENCE:0"]
    at = start + sum(duration for duration, _ in segments[:first])
    date = datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
    lines.append("#EXT-X-PROGRAM-DATE-TIME:" + date.strftime("%Y-%m-%dT%H:%M:%S.") + f"{date.microsecond // 1000:03}Z")
    for duration, name in segments[first:count]:
        lines += [f"#EXTINF:{duration:.6f},", name]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("playlist")
    for name, default in (("delay", 0), ("pause-at", 0), ("pause-for", 0), ("ahead", 10)):
        parser.add_argument(f"--{name}", type=float, default=default)
    parser.add_argument("--window", type=int, default=8)
    options = parser.parse_args()
    head, segments = read(options.folder / options.playlist)
    start = time.time() - options.ahead

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = self.path.lstrip("/")
            if path == options.playlist:
                body = text(options, head, segments, start).encode()
            elif (options.folder / path).is_file():
                body = (options.folder / path).read_bytes()
            else:
                self.send_response(404)
                self.send_header("Content-Length", "0")
                return self.end_headers()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
