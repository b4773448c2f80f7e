#!/usr/bin/env python3
"""One line for each tag of sound or picture of an FLV file: kind, codec, stamp in ms, size, hash of its body.

usage: flv_tags.py FILE

Reads the tags by themselves (FLV 10.1, E.4.1; Enhanced RTMP v2), without the project's code.
"""
import hashlib
import pathlib
import sys

KINDS = {8: "sound", 9: "picture"}


def tags(data):
    at = int.from_bytes(data[5:9], "big") + 4
    while at < len(data):
        size = int.from_bytes(data[at + 1:at + 4], "big")
        stamp = int.from_bytes(data[at + 7:at + 8] + data[at + 4:at + 7], "big")
        yield data[at], stamp, data[at + 11:at + 11 + size]
        at += 11 + size + 4


def codec(kind, body):
    """The FourCC, or the number of old; tracks of multitrack messages have theirs a byte later."""
    if kind == 9 and not body[0] & 0x80 or kind == 8 and body[0] >> 4 != 9:
        return str(body[0] & 15 if kind == 9 else body[0] >> 4)
    multitrack = body[0] & 15 == (6 if kind == 9 else 5)
    return body[1 + multitrack:5 + multitrack].decode()


if __name__ == "__main__":
    for kind, stamp, body in tags(pathlib.Path(sys.argv[1]).read_bytes()):
        if kind in KINDS:
            print(KINDS[kind], codec(kind, body), stamp, len(body), hashlib.sha256(body).hexdigest()[:16])
