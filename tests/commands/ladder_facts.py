#!/usr/bin/env python3
"""Checks a rendition of `transcode-ladder` over the joined stream.

usage: ladder_facts.py NUT TRACK MP4 BITRATE PICTURES KEYS_EVERY TOLERANCE

NUT is the pipe stream and TRACK the rendition's number in it, MP4 the same rendition of another
run, whose container keeps decoding times. The peak is 1.5 x BITRATE over a buffer of two seconds of
BITRATE, as the ladder has it when nothing is said. TOLERANCE is that of the average rate, in per
cent. Prints one line when everything holds, else what does not.
"""
import json
import re
import subprocess
import sys

IDR, SLICE, SEI, SPS, PPS = 5, 1, 6, 7, 8


def packets(path, stream):
    text = subprocess.run(["ffprobe", "-v", "error", "-select_streams", stream, "-show_entries",
                           "packet=pts_time,dts_time,size", "-of", "json", path],
                          capture_output=True, text=True, check=True).stdout
    return json.loads(text)["packets"]


def nals(path, stream):
    """The NAL units of a track, by start codes."""
    data = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-map", f"0:{stream}", "-c", "copy",
                           "-f", "h264", "-"], capture_output=True, check=True).stdout
    starts = [match.end() for match in re.finditer(rb"\x00\x00\x01", data)]
    ends = [start - 3 for start in starts[1:]] + [len(data)]
    return [data[start:end].rstrip(b"\x00") for start, end in zip(starts, ends)]


def check_syntax(units, pictures, keys_every):
    types = [unit[0] & 31 for unit in units]
    coded = [kind for kind in types if kind in (IDR, SLICE)]
    keys = [number for number, kind in enumerate(coded) if kind == IDR]
    if len(coded) != pictures:
        yield f"{len(coded)} pictures instead of {pictures}"
    if keys != list(range(0, pictures, keys_every)):
        yield f"IDR pictures at {keys}"
    for kind, name in ((SPS, "SPS"), (PPS, "PPS")):
        count = len({unit for unit in units if unit[0] & 31 == kind})
        if count != 1:
            yield f"{count} different {name}"
    if SEI in types:
        yield "SEI"


def check_times(stamped):
    pts = [float(packet["pts_time"]) for packet in stamped]
    dts = [float(packet["dts_time"]) for packet in stamped]
    if any(later <= earlier for earlier, later in zip(dts, dts[1:])):
        yield "dts go back"
    if any(shown < decoded for shown, decoded in zip(pts, dts)):
        yield "pictures are shown before they are decoded"
    if len(set(pts)) != len(pts):
        yield "pictures are shown at the same time"


def check_peak(times, sizes, rate, buffer):
    """ITU-T H.264 Annex C, bits flow in at the rate until the buffer is full."""
    fullness, last = 0.9 * buffer, times[0]
    for number, (time, size) in enumerate(zip(times, sizes)):
        fullness = min(buffer, fullness + rate * (time - last)) - 8 * size
        last = time
        if fullness < -1:
            yield f"picture {number} comes {-fullness / rate:.3f} s late"
            return


def main():
    nut, track, mp4 = sys.argv[1:4]
    bitrate, pictures, keys_every, tolerance = (int(value) for value in sys.argv[4:8])
    sizes = [int(packet["size"]) for packet in packets(nut, f"v:{track}")]
    stamped = packets(mp4, "v:0")
    times = [float(packet["dts_time"]) for packet in stamped]
    length = max(float(packet["pts_time"]) for packet in stamped) * pictures / (pictures - 1)
    faults = [*check_syntax(nals(nut, f"v:{track}"), pictures, keys_every), *check_times(stamped)]
    if len(times) == len(sizes):
        faults += check_peak(times, sizes, 1.5 * bitrate, 2 * bitrate)
    else:
        faults.append(f"{len(times)} pictures in the MP4")
    off = 100 * (8 * sum(sizes) / length / bitrate - 1)
    if abs(off) > tolerance:
        faults.append(f"rate {off:+.1f} % off")
    print(f"{track}: " + (", ".join(faults) or "holds"))


if __name__ == "__main__":
    main()
