#!/usr/bin/env python3
"""Measures how far the beeps of `ingest test:` are from its flashes, which fall on full seconds.

usage: sync.py FILE LIMIT_MS   Prints one line when every flash has its beep within the limit.
"""
import subprocess
import sys


def frames(graph, value):
    """(time, value) of every frame of a lavfi graph; silence is -200 dB."""
    text = subprocess.run(["ffprobe", "-v", "error", "-f", "lavfi", graph, "-show_entries",
                           f"frame=pts_time:frame_tags={value}", "-of", "csv=p=0"],
                          capture_output=True, text=True, check=True).stdout
    rows = (line.split(",")[:2] for line in text.splitlines())
    return [(float(time), -200.0 if level in ("-inf", "nan") else float(level)) for time, level in rows if level]


def rises(points, step):
    """Times at which the value goes up by `step` at once, to come down again within 0.2 s."""
    found = []
    for (_, before), (time, level) in zip(points, points[1:]):
        after = min((v for t, v in points if time < t <= time + 0.2), default=level)
        if level - before >= step and level - after >= step:
            found.append(time)
    return found


def main():
    path, limit = sys.argv[1], float(sys.argv[2])
    light = frames(f"movie={path},signalstats", "lavfi.signalstats.YAVG")
    # 5 ms windows; the quantity is dB.
    sound = frames(f"amovie={path},asetnsamples=240,astats=metadata=1:reset=1", "lavfi.astats.Overall.RMS_level")
    loudest = max((level for _, level in sound), default=0)
    flashes = rises(light, 5)
    beeps = [time for (_, before), (time, level) in zip(sound, sound[1:])
             if before < loudest - 12 <= level]
    distances = [1000 * min((beep - flash for beep in beeps), key=abs) for flash in flashes] if beeps else []
    if len(flashes) < 2 or any(abs(distance) > limit for distance in distances):
        print(f"flashes {flashes}, beeps {beeps}, distances {distances} ms")
        return 1
    print("every flash has its beep")
    return 0


if __name__ == "__main__":
    sys.exit(main())
