"""Draws icon.png: a large disc handing what it knows to a small one. Needs Python's standard library only: python3 build/icon/make_icon.py"""
import math
import pathlib
import struct
import zlib

SIZE, SAMPLES = 128, 4
DARK, LARGE, SMALL = (38, 28, 76), (140, 124, 214), (255, 190, 70)


def colour(x, y):
    """The colour at a point of the unit square, with its opacity."""
    corner = .18
    dx, dy = max(abs(x - .5) - .5 + corner, 0), max(abs(y - .5) - .5 + corner, 0)
    if math.hypot(dx, dy) > corner:
        return (0, 0, 0), 0
    if math.hypot(x - .38, y - .38) < .25:
        return LARGE, 1
    if math.hypot(x - .78, y - .78) < .11:
        return SMALL, 1
    for step, radius in ((.585, .034), (.645, .026)):
        if math.hypot(x - step, y - step) < radius:
            return LARGE, 1
    return DARK, 1


def pixel(column, row):
    points = [colour((column + (i + .5) / SAMPLES) / SIZE, (row + (j + .5) / SAMPLES) / SIZE) for i in range(SAMPLES) for j in range(SAMPLES)]
    seen = sum(opacity for _, opacity in points)
    mean = [round(sum(c[k] * opacity for c, opacity in points) / max(seen, 1)) for k in range(3)]
    return bytes([*mean, round(255 * seen / len(points))])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


rows = b"".join(b"\0" + b"".join(pixel(column, row) for column in range(SIZE)) for row in range(SIZE))
header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
(pathlib.Path(__file__).parent / "icon.png").write_bytes(png)
