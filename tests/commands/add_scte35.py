"""Puts SCTE-35 sections on a PID of their own into an MPEG-TS file.

add_scte35.py IN OUT CAME:KIND:EVENT:AT[:LENGTH[:return]]...

CAME and AT are seconds after the first picture, by the file's own clock, AT may be "now"; KIND is
out, in or cancel. Half of the time travels in pts_adjustment, so that both count.
"""
import sys

SCTE_PID, WRAP = 0x1F0, 1 << 33


def crc32(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc.to_bytes(4, "big")


class Bits:
    def __init__(self):
        self.value, self.size = 0, 0

    def put(self, value, size):
        self.value, self.size = self.value << size | value & (1 << size) - 1, self.size + size
        return self

    def bytes(self):
        return self.value.to_bytes(self.size // 8, "big")


def splice_insert(kind, event, pts, length, returns):
    command = Bits().put(event, 32).put(kind == "cancel", 1).put(-1, 7)
    if kind != "cancel":
        command.put(kind == "out", 1).put(1, 1).put(length is not None, 1).put(pts is None, 1).put(-1, 4)
        if pts is not None:
            command.put(1, 1).put(-1, 6).put(pts - pts // 2, 33)
        if length is not None:
            command.put(returns, 1).put(-1, 6).put(length, 33)
        command.put(1, 16).put(0, 16)
    command = command.bytes()
    head = Bits().put(0, 8).put(0, 7).put((pts or 0) // 2, 33).put(0xFF, 8).put(-1, 12)
    rest = head.put(len(command), 12).put(5, 8).bytes() + command + b"\0\0"
    section = b"\xfc" + (0x3000 | len(rest) + 4).to_bytes(2, "big") + rest
    return section + crc32(section)


def packet(pid, counter, section):
    data = b"\0" + section
    head = bytes([0x47, 0x40 | pid >> 8, pid & 255, 0x10 | counter & 15])
    return head + data.ljust(184, b"\xff")


def with_scte_pid(data):
    start = 5 + data[4]
    section = data[start:start + 3 + ((data[start + 1] & 15) << 8 | data[start + 2])][:-4]
    info = (section[10] & 15) << 8 | section[11]
    section = (section[:10] + (0xF000 | info + 6).to_bytes(2, "big") + section[12:12 + info] +
               b"\x05\x04CUEI" + section[12 + info:] +
               b"\x86" + (0xE000 | SCTE_PID).to_bytes(2, "big") + b"\xf0\x00")
    section = section[:1] + (0xB000 | len(section) + 1).to_bytes(2, "big") + section[3:]
    return data[:start] + (section + crc32(section)).ljust(188 - start, b"\xff")


def pts_of(data):
    start = 4 + (1 + data[4] if data[3] & 0x20 else 0)
    pes = data[start:]
    if not data[1] & 0x40 or pes[:3] != b"\0\0\1" or pes[3] & 0xF0 != 0xE0 or not pes[7] & 0x80:
        return None
    p = pes[9:14]
    return (p[0] >> 1 & 7) << 30 | p[1] << 22 | (p[2] >> 1) << 15 | p[3] << 7 | p[4] >> 1


def pcr_of(data):
    if not data[3] & 0x20 or data[4] < 7 or not data[5] & 0x10:
        return None
    return int.from_bytes(data[6:10], "big") << 1 | data[10] >> 7


def main():
    source, target, *cues = sys.argv[1:]
    whole = open(source, "rb").read()
    packets = [whole[i:i + 188] for i in range(0, len(whole), 188)]
    first = next(pts for pts in map(pts_of, packets) if pts is not None)
    pending = []
    for cue in cues:
        came, kind, event, at, *more = cue.split(":")
        pts = None if at == "now" else (first + round(float(at) * 90000)) % WRAP
        length = round(float(more[0]) * 90000) if more else None
        pending.append((float(came), splice_insert(kind, int(event), pts, length, "return" in more)))
    pmt, counter = None, 0
    with open(target, "wb") as out:
        for data in packets:
            pid = (data[1] & 31) << 8 | data[2]
            if pid == 0:
                pmt = (data[15] & 31) << 8 | data[16]
            out.write(with_scte_pid(data) if pid == pmt and data[1] & 0x40 else data)
            pcr = pcr_of(data)
            if pcr is None:
                continue
            since = (pcr - first + WRAP // 2) % WRAP - WRAP // 2
            while pending and since / 90000 >= pending[0][0]:
                out.write(packet(SCTE_PID, counter, pending.pop(0)[1]))
                counter += 1


main()
