"""What ffprobe knows about a file, and the cut of a clip both sides read."""
import json
import pathlib
import subprocess

from typing import NamedTuple


class Failure(Exception):
    """A benchmark that cannot go on; the text is one line."""


class Picture(NamedTuple):
    """The picture track of a file."""
    width: int
    height: int
    packets: int
    seconds: float     # from the first picture's start to the last one's end
    bits: int          # of the packets, without the container
    key_frames: tuple  # places of the key frames in presentation order


def run(command, doing, cwd=None):
    done = subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise Failure(f"{doing}: {command[0]} ended with status {done.returncode}: {words[-1]}")
    return done.stdout.decode()


def ffprobe(path, entries, *more):
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", entries, "-of", "json", *more, path]
    return json.loads(run(command, f"cannot read '{path}'"))


def look(path):
    found = ffprobe(path, "stream=width,height:packet=pts_time,duration_time,size,flags")
    if not found.get("streams"):
        raise Failure(f"no picture in '{path}'")
    packets = [packet for packet in found["packets"] if "pts_time" in packet]
    packets.sort(key=lambda packet: float(packet["pts_time"]))
    start, last = float(packets[0]["pts_time"]), packets[-1]
    length = float(last.get("duration_time") or (float(last["pts_time"]) - start) / max(1, len(packets) - 1))
    return Picture(
        width=found["streams"][0]["width"],
        height=found["streams"][0]["height"],
        packets=len(packets),
        seconds=float(last["pts_time"]) + length - start,
        bits=8 * sum(int(packet["size"]) for packet in found["packets"]),
        key_frames=tuple(i for i, packet in enumerate(packets) if "K" in packet["flags"]))


def count_frames(path):
    """The pictures a decoder makes of the file."""
    return int(ffprobe(path, "stream=nb_read_frames", "-count_frames")["streams"][0]["nb_read_frames"])


def whole_packets(times, seconds):
    """How many packets, in coding order, hold `seconds` of pictures and leave none out in between.

    `times` are presentation times in coding order. After that many packets the times seen are the
    earliest ones of the stream, so a decoder has no hole before the last picture.
    """
    ordered = sorted(times)
    wanted = sum(time < ordered[0] + seconds for time in times)
    for count in range(wanted, 0, -1):
        if max(times[:count]) == ordered[count - 1]:
            return count
    return wanted


def cut(clip, seconds, folder, ffmpeg):
    """The clip, or its first `seconds` copied into `folder` when it is longer."""
    interval = ["-read_intervals", f"%+{seconds + 10:g}"]
    packets = ffprobe(clip, "packet=pts_time", *interval)["packets"]
    times = [float(packet["pts_time"]) for packet in packets if "pts_time" in packet]
    if not times:
        raise Failure(f"no picture in '{clip}'")
    count = whole_packets(times, seconds)
    if count == len(times):
        return clip
    copy = pathlib.Path(folder) / f"cut{clip.suffix}"
    run([ffmpeg, "-v", "error", "-nostdin", "-y", "-i", clip, "-map", "0:v:0", "-c", "copy", "-frames:v", count, copy],
        f"cannot cut '{clip}'")
    return copy
