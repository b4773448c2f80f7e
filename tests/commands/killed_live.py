#!/usr/bin/env python3
"""Kills a live run of hls-segment again and again while a player reads, and looks at what it reads.

usage: killed_live.py STREAM RATE KILLS SEED [OPTION...]

STREAM is a file for `ingest`, sent RATE times as fast as it plays; OPTIONs are those of
hls-segment. After every kill -9, at a random moment, the same command is started again; at the end
it is stopped properly. All the time the playlists in ./out are read as players do, and in the end
one line tells what was seen, with exit status 0; or what went wrong, with 1.
"""
import hashlib
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

OUT = pathlib.Path("out")
PATIENCE = 30  # seconds without a new segment


class Wrong(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Wrong(what)


class Segment:
    def __init__(self):
        self.uri, self.gap, self.discontinuity, self.duration, self.date = "", False, False, "", ""
        self.map, self.whole_key = "", False

    def same_as(self, other):
        return vars(self) == vars(other)


class Playlist:
    """The text of one, taken apart."""

    def __init__(self, text):
        self.segments, self.target, self.first, self.ended, self.breaks = [], 0, 0, False, 0
        entry, section, whole_key = Segment(), "", False
        for line in text.splitlines():
            tag, _, value = line.partition(":")
            if tag == "#EXT-X-TARGETDURATION":
                self.target = int(value)
            elif tag == "#EXT-X-MEDIA-SEQUENCE":
                self.first = int(value)
            elif tag == "#EXT-X-DISCONTINUITY-SEQUENCE":
                self.breaks = int(value)
            elif tag == "#EXT-X-ENDLIST":
                self.ended = True
            elif tag == "#EXT-X-DISCONTINUITY":
                entry.discontinuity = True
            elif tag == "#EXT-X-GAP":
                entry.gap = True
            elif tag == "#EXT-X-PROGRAM-DATE-TIME":
                entry.date = value
            elif tag == "#EXT-X-MAP":
                section = value.split('"')[1]
            elif tag == "#EXT-X-KEY":
                whole_key = value.startswith("METHOD=AES-128")
            elif tag == "#EXTINF":
                entry.duration = value
            elif line and not line.startswith("#"):
                entry.uri, entry.map, entry.whole_key = line, section, whole_key
                self.segments.append(entry)
                entry = Segment()

    def numbered(self):
        return {self.first + i: segment for i, segment in enumerate(self.segments)}


def boxes_are_whole(data):
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        need(size >= 8, "a damaged box")
        at += size
    return at == len(data) and len(data) > 0


class Viewer:
    """One rendition, as somebody sees it who asks again and again."""

    def __init__(self, folder):
        self.folder, self.last, self.hashes, self.breaks, self.gaps = folder, None, {}, set(), set()

    def look(self):
        path = self.folder / "index.m3u8"
        if not path.exists():
            need(self.last is None, f"{path} is gone")
            return
        now = Playlist(path.read_text())
        self.compare(now)
        for number, segment in now.numbered().items():
            if segment.discontinuity:
                self.breaks.add(number)
            if segment.gap:
                self.gaps.add(number)
            elif number not in self.hashes or random.random() < 0.05:
                self.load(number, segment)
        self.last = now

    def compare(self, now):
        before = self.last
        if before is None:
            return
        need(now.first >= before.first, f"{self.folder}: {now.first} after {before.first}")
        need(now.breaks >= before.breaks, f"{self.folder}: discontinuity sequence went back")
        need(now.target == before.target, f"{self.folder}: target {now.target} after {before.target}")
        old, new = before.numbered(), now.numbered()
        for number in sorted(set(old) & set(new)):
            need(old[number].same_as(new[number]), f"{self.folder}: segment {number} is another one")
        need(max(new) >= max(old), f"{self.folder}: segment {max(old)} was taken back")

    def load(self, number, segment):
        data = (self.folder / segment.uri).read_bytes()
        if segment.whole_key:
            need(data and len(data) % 16 == 0, f"{self.folder / segment.uri} is torn")
        elif segment.uri.endswith(".m4s"):
            need(boxes_are_whole(data), f"{self.folder / segment.uri} is torn")
            need(boxes_are_whole((self.folder / segment.map).read_bytes()), f"{segment.map} is torn")
        else:
            need(data and len(data) % 188 == 0, f"{self.folder / segment.uri} is torn")
        digest = hashlib.sha256(data).digest()
        need(self.hashes.setdefault(number, digest) == digest, f"{segment.uri} has other bytes now")

    def reached(self):
        return self.last.first + len(self.last.segments) if self.last else 0


class Run:
    """One life of the command; its input is sent at the rate wanted."""

    def __init__(self, stream, bytes_per_second, options):
        self.source = subprocess.Popen(["ingest", stream, "--loop", "0", "--log-level", "error"],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.tool = subprocess.Popen(["hls-segment", "-o", str(OUT), "--playlist", "live", "--log-level", "error",
                                      *options], stdin=subprocess.PIPE)
        self.rate = bytes_per_second
        threading.Thread(target=self.feed, daemon=True).start()

    def feed(self):
        begin, sent = time.monotonic(), 0
        try:
            while data := self.source.stdout.read1(1 << 14):
                time.sleep(max(0, begin + sent / self.rate - time.monotonic()))
                self.tool.stdin.write(data)
                sent += len(data)
        except (BrokenPipeError, ValueError):
            pass

    def end(self, how):
        self.tool.send_signal(how)
        status = self.tool.wait()
        self.source.kill()
        self.source.wait()
        return status


def watch(viewers, seconds, until=lambda: False):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        for folder in sorted(OUT.glob("*/")) if OUT.exists() else []:
            viewers.setdefault(folder.name, Viewer(folder)).look()
        time.sleep(0.01)


def compare_renditions(viewers):
    """Every break stands at the same number everywhere."""
    marked = {name: viewer.breaks for name, viewer in viewers.items()}
    need(len(set(map(frozenset, marked.values()))) == 1, f"discontinuities differ: {marked}")
    return len(next(iter(marked.values())))


def play(viewers):
    """ffmpeg reads each rendition from the first playlist to the last."""
    return [subprocess.Popen(["ffmpeg", "-v", "fatal", "-nostdin", "-allowed_extensions", "ALL",
                              "-live_start_index", "0", "-i", str(OUT / name / "index.m3u8"), "-f", "null", "-"]) for name in viewers]


def campaign(stream, rate, kills, options):
    length = float(subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0",
                                   stream], capture_output=True, text=True, check=True).stdout)
    bytes_per_second = os.path.getsize(stream) / length * rate
    viewers, players = {}, []
    for life in range(kills + 1):
        run = Run(stream, bytes_per_second, options)
        begun = [viewer.reached() for viewer in viewers.values()] or [0]

        def grown():
            return viewers and all(viewer.reached() > max(begun) + 2 for viewer in viewers.values())
        watch(viewers, PATIENCE, grown)
        need(grown(), f"life {life} lists nothing new")
        players = players or play(viewers)
        watch(viewers, random.random() * 2 / rate)
        if life < kills:
            run.end(signal.SIGKILL)
            watch(viewers, random.random() * 0.1)
    need(run.end(signal.SIGTERM) == 0, "the last run failed")
    watch(viewers, 0.05)
    need(all(viewer.last.ended for viewer in viewers.values()), "no EXT-X-ENDLIST")
    for player in players:
        need(player.wait(PATIENCE) == 0, "a player gave up")
    return viewers


def main():
    stream, rate, kills, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    random.seed(seed)
    try:
        viewers = campaign(stream, rate, kills, sys.argv[5:])
        breaks = compare_renditions(viewers)
        need(breaks == kills, f"{kills} kills, {breaks} discontinuities")
        left = [str(path) for path in OUT.rglob(".*.tmp")]
        need(not left, f"left behind: {left}")
    except (Wrong, OSError) as error:
        print(f"seed {seed}: {error}")
        return 1
    print(f"{kills} kills, {breaks} discontinuities in each of {len(viewers)} renditions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
