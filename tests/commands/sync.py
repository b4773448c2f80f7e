#!/usr/bin/env python3
"""Measures how far the beeps of `ingest test:` are from its flashes, which fall on full seconds.

usage: sync.py FILE LIMIT_MS   Prints one line when every flash has its beep within the limit.
"""
import statistics
import subprocess
import sys


def frames(graph, value):
    """(time, value) of every frame of a lavfi graph."""
    text = subprocess.run(["ffprobe", "-v", "error", "-f", "lavfi", graph, "-show_entries",
                           f"frame=pts_time:frame_tags={value}", "-of", "csv=p=0"],
                          capture_output=True, text=True, check=True).stdout
    rows = (line.split(",")[:2] for line in text.splitlines())
    return [(float(time), float(level)) for time, level in rows if level not in ("", "-inf", "nan")]


def onsets(points, high):
    """Times at which the value comes up to `high`."""
    found, above = [], False
    for time, level in points:
        if level >= high and not above:
            found.append(time)
        above = level >= high
    return found


def main():
    path, limit = sys.argv[1], float(sys.argv[2])
    light = frames(f"movie={path},signalstats", "lavfi.signalstats.YAVG")
    # 5 ms windows; the quantity is dB.
    sound = frames(f"amovie={path},asetnsamples=240,astats=metadata=1:reset=1", "lavfi.astats.Overall.RMS_level")
    middle = statistics.median(level for _, level in light)
    flashes = onsets(light, (middle + max(level for _, level in light)) / 2)
    beeps = onsets(sound, max(level for _, level in sound) - 12)
    distances = [1000 * min((beep - flash for beep in beeps), key=abs) for flash in flashes] if beeps else []
    if len(flashes) < 2 or any(abs(distance) > limit for distance in distances):
        print(f"flashes {flashes}, beeps {beeps}, distances {distances} ms")
        return 1
    print("every flash has its beep")
    return 0


if __name__ == "__main__":
    sys.exit(main())
