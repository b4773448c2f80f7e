#!/usr/bin/env python3
"""Follows a playlist of low latency as players do: it asks for the next state, and for the part that
is hinted at, before either is there.

usage: low_latency_player.py URL FOLDER    FOLDER: where the files of the playlist are

Says what was wrong, and whether every part was got, whole, in time; latency.txt has figures. Latency is from the moment a
part's first picture was due, by EXT-X-PROGRAM-DATE-TIME, to that when its last byte was there, plus
what a player keeps in hand: its last picture is shown PART-HOLD-BACK behind the end of the playlist.
"""
import http.client
import pathlib
import re
import statistics
import sys
import threading
import time
import urllib.parse
from datetime import datetime

MOST = 2.5  # seconds


class Client:
    """One connection, as a player keeps several."""

    def __init__(self, url):
        self.place = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(self.place.hostname, self.place.port, timeout=30)

    def get(self, path):
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


class Playlist:
    def __init__(self, text):
        self.text = text
        self.ended = "#EXT-X-ENDLIST" in text
        self.next = int(re.search(r"#EXT-X-MEDIA-SEQUENCE:(\d+)", text)[1])
        skipped = re.search(r"#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)", text)
        self.next += int(skipped[1]) if skipped else 0
        self.skipped = skipped is not None
        self.open, self.ends = 0, {}  # of each part: when its last picture was due
        clock = None
        for line in text.split("\n"):
            if line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
                clock = datetime.fromisoformat(line.split(":", 1)[1].replace("Z", "+00:00")).timestamp()
            elif line.startswith("#EXT-X-PART:"):
                self.open += 1
                clock += float(re.search(r"DURATION=([\d.]+)", line)[1])
                self.ends[re.search(r'URI="([^"]+)"', line)[1]] = clock
            elif line and not line.startswith("#"):
                self.next, self.open = self.next + 1, 0
        hint = re.search(r'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', text)
        self.hint = hint and hint[1]


class Player:
    def __init__(self, url, folder):
        self.url, self.folder = url, pathlib.Path(folder)
        self.path = urllib.parse.urlsplit(url).path
        self.lists, self.files = Client(url), Client(url)
        self.faults, self.got, self.due = [], {}, {}
        self.deltas = self.states = 0

    def load_hint(self, name):
        status, body = self.files.get(urllib.parse.urljoin(self.path, name))
        at = time.time()
        if status == 200:
            self.got[name] = at
            if (self.folder / name).exists() and (self.folder / name).read_bytes() != body:
                self.faults.append(f"{name} is not as it is on disk")
        return status

    def run(self):
        status, body = self.lists.get(self.path)
        now = Playlist(body.decode())
        hold = float(re.search(r"PART-HOLD-BACK=([\d.]+)", now.text)[1])
        while not now.ended:
            hint = now.hint
            statuses = []
            loader = threading.Thread(target=lambda: statuses.append(self.load_hint(hint)))
            loader.start()
            query = f"?_HLS_msn={now.next}&_HLS_part={now.open}&_HLS_skip=YES"
            status, body = self.lists.get(self.path + query)
            loader.join()
            if status != 200:
                self.faults.append(f"{query}: {status}")
                break
            before, now = now, Playlist(body.decode())
            self.states += 1
            self.deltas += now.skipped
            if not now.ended and (now.next, now.open) <= (before.next, before.open):
                self.faults.append(f"{query}: the playlist has not gone on")
            if hint in now.ends:
                self.due[hint] = now.ends[hint]
                if statuses != [200]:
                    self.faults.append(f"{hint}: {statuses}")
            elif not now.ended:
                self.faults.append(f"{hint} was hinted at and did not come")
        return hold

    def report(self):
        hold = self.run()
        late = sorted(self.got[name] - due for name, due in self.due.items() if name in self.got)
        for fault in self.faults:
            print(fault)
        if len(late) < 20:
            print(f"only {len(late)} parts were got")
        latency = statistics.median(late) + hold
        with open("latency.txt", "a") as figures:
            print(f"parts come {statistics.median(late):.3f} s late, {late[-1]:.3f} s at most, latency "
                  f"{latency:.2f} s, {self.states} states, {self.deltas} as delta updates", file=figures)
        print("every part in time" if latency <= MOST else f"latency {latency:.2f} s")
        print("delta updates" if self.deltas > 3 else f"{self.deltas} delta updates")


Player(*sys.argv[1:]).report()
