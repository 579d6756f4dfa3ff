"""Writes the files beside it: images, archives and models that are cut short, damaged, or made to do harm, and a few that are merely unusual.

Run: python3 test/malformed/make_malformed.py     (Pillow 9.4; everything else is written byte by byte)
The files are committed: tests read them and never write them.
"""
import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
WIDTH, HEIGHT = 24, 16
BRIGHT, DARK = (230, 200, 40), (20, 30, 90)


def picture():
    """Left half bright, right half dark: whatever becomes of the colours, the sides can be told apart."""
    image = Image.new("RGB", (WIDTH, HEIGHT), DARK)
    image.paste(BRIGHT, (0, 0, WIDTH // 2, HEIGHT))
    return image


def encode(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def write(folder, files):
    (HERE / folder).mkdir(exist_ok=True)
    for name, data in files.items():
        (HERE / folder / name).write_bytes(data)


# PNG, chunk by chunk.

def chunk(kind, body, crc=None):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) if crc is None else crc)


PNG = b"\x89PNG\r\n\x1a\n"


def ihdr(width, height, bits=8, colour=2, interlace=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlace))


def rows(image, bits=8):
    grey_or_rgb = image.tobytes()
    size = len(grey_or_rgb) // image.height
    lines = [grey_or_rgb[i * size:(i + 1) * size] for i in range(image.height)]
    if bits == 16:
        lines = [bytes(b for v in line for b in (v, v)) for line in lines]
    return b"".join(b"\0" + line for line in lines)


def interlaced():
    """Adam7: seven pictures of every eighth, eighth, fourth … pixel."""
    image, data = picture(), b""
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for y in range(y0, HEIGHT, dy):
            line = b"".join(bytes(image.getpixel((x, y))) for x in range(x0, WIDTH, dx))
            data += b"\0" + line if line else b""
    return PNG + ihdr(WIDTH, HEIGHT, interlace=1) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def exif(orientation, big=False):
    order = ">" if big else "<"
    return (b"MM\0*" if big else b"II*\0") + struct.pack(order + "IHHHI", 8, 1, 0x0112, 3, 1) + struct.pack(order + "HHI", orientation, 0, 0)


def sof(jpeg, width=None, height=None):
    """The same JPEG with another size in its frame header."""
    at = jpeg.index(b"\xff\xc0")
    h, w = struct.unpack(">HH", jpeg[at + 5:at + 9])
    return jpeg[:at + 5] + struct.pack(">HH", h if height is None else height, w if width is None else width) + jpeg[at + 9:]


def animation(kind):
    other = picture().transpose(Image.FLIP_LEFT_RIGHT)
    return encode(picture(), kind, save_all=True, append_images=[other], duration=100, loop=0)


def usable_images():
    image = picture()
    jpeg = encode(image, "JPEG", quality=90)
    rgba = image.convert("RGBA")
    app1 = b"Exif\0\0" + exif(6)
    bmp = encode(image, "BMP")
    bottom_up = bytearray(bmp)
    struct.pack_into("<i", bottom_up, 22, -HEIGHT)
    stride = (WIDTH * 3 + 3) // 4 * 4
    lines = [bmp[54 + i * stride:54 + (i + 1) * stride] for i in range(HEIGHT)]
    top_down = bytes(bottom_up[:54]) + b"".join(reversed(lines))
    return {
        "baseline.jpg": jpeg,
        "progressive.jpg": encode(image, "JPEG", quality=90, progressive=True),
        "grey.jpg": encode(image.convert("L"), "JPEG", quality=90),
        "cmyk.jpg": encode(image.convert("CMYK"), "JPEG", quality=90),
        "bytes-after-end.jpg": jpeg + b"camera maker's data" * 3,
        "exif-rotated.jpg": jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(app1) + 2) + app1 + jpeg[2:],
        "rgb.png": encode(image, "PNG"),
        "grey.png": encode(image.convert("L"), "PNG"),
        "palette.png": encode(image.quantize(4), "PNG"),
        "palette-alpha.png": encode(image.quantize(4), "PNG", transparency=3),
        "alpha.png": encode(rgba, "PNG"),
        "rgb16.png": PNG + ihdr(WIDTH, HEIGHT, bits=16) + chunk(b"IDAT", zlib.compress(rows(image, 16))) + chunk(b"IEND", b""),
        "grey16.png": PNG + ihdr(WIDTH, HEIGHT, bits=16, colour=0) + chunk(b"IDAT", zlib.compress(rows(image.convert("L"), 16))) + chunk(b"IEND", b""),
        "interlaced.png": interlaced(),
        "exif-mirrored.png": PNG + ihdr(WIDTH, HEIGHT) + chunk(b"eXIf", exif(2, big=True)) + chunk(b"IDAT", zlib.compress(rows(image))) + chunk(b"IEND", b""),
        "still.gif": encode(image, "GIF"),
        "animated.gif": animation("GIF"),
        "rgb.bmp": bmp,
        "top-down.bmp": top_down,
        "palette.bmp": encode(image.quantize(4), "BMP"),
        "still.webp": encode(image, "WEBP", quality=90),
        "lossless.webp": encode(image, "WEBP", lossless=True),
        "animated.webp": animation("WEBP"),
    }


def bad_images():
    image = picture()
    jpeg, png, gif, bmp, webp = (encode(image, kind) for kind in ("JPEG", "PNG", "GIF", "BMP", "WEBP"))
    scan = jpeg.index(b"\xff\xda")
    idat = png.index(b"IDAT") - 4
    length = struct.unpack(">I", png[idat:idat + 4])[0]
    end = png.index(b"IEND") - 4
    data = zlib.compress(rows(image))
    frame = gif.index(b",")
    twelve = b"".join(b"\0" + bytes(1500) for _ in range(12000))
    return {
        "empty.jpg": b"",
        "text.jpg": b"This is no image.\n",
        "page.png": b"<!DOCTYPE html><title>404</title>",
        "cut-in-header.jpg": jpeg[:20],
        "cut-in-half.jpg": jpeg[:scan + (len(jpeg) - scan) // 2],
        "no-end.jpg": jpeg[:-2],
        "zeros-at-end.jpg": jpeg[:scan + (len(jpeg) - scan) // 2] + bytes(200),
        "zero-height.jpg": sof(jpeg, height=0),
        "zero-width.jpg": sof(jpeg, width=0),
        "huge.jpg": sof(jpeg, 65535, 65535),
        "two-sizes.jpg": jpeg[:scan] + b"\xff\xc0\0\x0b\x08\xff\xff\xff\xff\x01\x01\x11\0" + jpeg[scan:],
        "no-scan.jpg": jpeg[:scan] + b"\xff\xd9",
        "scan-first.jpg": jpeg[:2] + jpeg[scan:],
        "segment-of-one.jpg": jpeg[:2] + b"\xff\xe1\0\x01" + jpeg[2:],
        "cut-in-half.png": png[:len(png) // 2],
        "no-end.png": png[:end],
        "cut-data.png": png[:idat + 8 + length // 2] + png[end:],
        "wrong-checksum.png": png[:idat + 8 + length] + b"\0\0\0\0" + png[end:],
        "wrong-header-checksum.png": PNG + ihdr(WIDTH, HEIGHT)[:-4] + b"\1\2\3\4" + png[idat:],
        "zero-width.png": PNG + ihdr(0, HEIGHT) + png[idat:],
        "huge.png": PNG + ihdr(2**31 - 1, 2**31 - 1) + png[idat:],
        "bomb.png": PNG + ihdr(12000, 12000, bits=1, colour=0) + chunk(b"IDAT", zlib.compress(twelve, 9)) + chunk(b"IEND", b""),
        "no-data.png": PNG + ihdr(WIDTH, HEIGHT) + chunk(b"IEND", b""),
        "no-header.png": PNG + png[idat:],
        "data-no-zlib.png": PNG + ihdr(WIDTH, HEIGHT) + chunk(b"IDAT", bytes(range(100))) + chunk(b"IEND", b""),
        "chunk-too-long.png": PNG + ihdr(WIDTH, HEIGHT) + struct.pack(">I", 2**32 - 1) + b"IDAT" + data,
        "cut-in-frame.gif": gif[:frame + (len(gif) - frame) // 2],
        "zero-height.gif": gif[:8] + b"\0\0" + gif[10:],
        "no-frame.gif": gif[:frame] + b";",
        "huge.gif": gif[:6] + b"\xff\xff\xff\xff" + gif[10:],
        "cut-in-half.bmp": bmp[:len(bmp) // 2],
        "header-only.bmp": bmp[:20],
        "zero-width.bmp": bmp[:18] + bytes(4) + bmp[22:],
        "huge.bmp": bmp[:18] + struct.pack("<ii", 100000, 100000) + bmp[26:],
        "lowest-height.bmp": bmp[:22] + struct.pack("<i", -2**31) + bmp[26:],
        "cut-in-half.webp": webp[:len(webp) // 2],
        "no-data.webp": b"RIFF" + struct.pack("<I", 4 + 18) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(10),
        "zero-width.webp": webp[:26] + b"\0\0" + webp[28:],
        "huge.webp": b"RIFF" + struct.pack("<I", 4 + 18) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff" * 6,
        "other-format.tif": encode(image, "TIFF"),
    }


# Zip archives: with zipfile, then by hand where it is too honest.

def entry(name, mode=0o100644):
    info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr, info.compress_type = 3, mode << 16, zipfile.ZIP_DEFLATED
    return info


def archive(*entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for info, data in entries:
            zipped.writestr(info if isinstance(info, zipfile.ZipInfo) else entry(info), data)
    return out.getvalue()


def good_entries():
    image = encode(picture(), "PNG")
    return [(f"{split}/{label}/{i}.png", image) for split in ("train", "test") for label in ("a", "b") for i in range(2)]


def overlapping(copies, size):
    """One compressed entry that the directory lists many times over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(bytes(size)) + packer.flush()
    crc, names = zlib.crc32(bytes(size)), [f"train/a/{i:03}.png".encode() for i in range(copies)]
    fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x5021, crc, len(packed), size, len(names[0]), 0)
    local = b"PK\3\4" + fields + names[0] + packed
    directory = b"".join(b"PK\1\2" + struct.pack("<H", 0x0314) + fields + struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, 0) + name for name in names)
    return local + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, copies, copies, len(directory), len(local), 0)


def lying(zipped, claimed):
    """The same archive with another unpacked size for every entry, in both places."""
    out = bytearray(zipped)
    for mark, place in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = out.find(mark)
        while at >= 0:
            struct.pack_into("<I", out, at + place, claimed)
            at = out.find(mark, at + 4)
    return bytes(out)


def encrypted(zipped):
    out = bytearray(zipped)
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = out.find(mark)
        while at >= 0:
            out[at + place] |= 1
            at = out.find(mark, at + 4)
    return bytes(out)


def renamed(zipped, old, new):
    assert len(old) == len(new)
    return zipped.replace(old, new)


def archives():
    good, image = good_entries(), encode(picture(), "PNG")
    fine = archive(*good)
    bomb = archive(*good, ("train/a/bomb.png", bytes(80 << 20)))
    files = {
        "fine.zip": fine,
        "bomb.zip": bomb,
        "overlapping.zip": overlapping(200, 4 << 20),
        "lying-bomb.zip": lying(overlapping(200, 4 << 20), 100),
        "dot-dot.zip": archive(*good, ("../escaped.png", image)),
        "dot-dot-inside.zip": archive(*good, ("train/../../escaped.png", image)),
        "absolute.zip": archive(*good, ("/tmp/escaped.png", image)),
        "drive.zip": archive(*good, ("C:/escaped.png", image)),
        "backslash.zip": renamed(archive(*good, ("train/a/..#..#..#escaped.png", image)), b"a/..#..#..#", b"a\\..\\..\\..\\"),
        "backslash-root.zip": renamed(archive(*good, ("#escaped.png", image)), b"#escaped.png", b"\\escaped.png"),
        "escaping-script.zip": archive(*good, ("../../run-me.sh", b"#!/bin/sh\n")),
        "symbolic-link.zip": archive(*good, (entry("train/a/link.png", 0o120777), b"/etc/hostname")),
        "same-name-twice.zip": renamed(archive(*good, ("train/a/X.png", image)), b"train/a/X.png", b"train/a/0.png"),
        "file-and-folder.zip": archive(*good, ("train/a/0.png/1.png", image)),
        "encrypted.zip": encrypted(fine),
        "long-name.zip": archive(*good, ("train/" + "a" * 2000 + ".png", image)),
        "control-character.zip": archive(*good, ("train/a/\x07.png", image)),
        "cut-in-half.zip": fine[:len(fine) // 2],
        "cut-directory.zip": fine[:-30],
        "text.zip": b"no archive at all\n",
        "empty.zip": b"",
        "no-images.zip": archive(("readme.txt", b"nothing to see\n")),
        "wrong-compression.zip": fine.replace(b"\x14\0\0\0\x08\0", b"\x14\0\0\0\x63\0"),
    }
    return files


# ONNX models, field by field.

def varint(value):
    out, value = b"", value & (2**64 - 1)
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(name, dims=(3,), data=struct.pack("<3f", 1, 2, 3), kind=1, external=()):
    body = b"".join(field(1, d) for d in dims) + field(2, kind) + field(8, name)
    if external:
        return body + b"".join(field(13, field(1, k) + field(2, v)) for k, v in external) + field(14, 1)
    return body + (b"" if data is None else field(9, data))


def value(name, dims):
    shape = b"".join(field(1, field(2, d) if isinstance(d, str) else field(1, d)) for d in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def node(op, inputs, outputs, attributes=()):
    return b"".join(field(1, i) for i in inputs) + b"".join(field(2, o) for o in outputs) + field(4, op) + b"".join(field(5, a) for a in attributes)


IMAGE, LOGITS = value("image", ["N", 3, 8, 8]), value("logits", ["N", 3])
POOL, FLAT = node("GlobalAveragePool", ["image"], ["pooled"]), node("Flatten", ["pooled"], ["flat"])
HEAD = node("Add", ["flat", "w"], ["logits"])


def graph(nodes=(POOL, FLAT, HEAD), initializers=None, inputs=(IMAGE,), outputs=(LOGITS,)):
    initializers = [tensor("w")] if initializers is None else initializers
    return b"".join(field(1, n) for n in nodes) + field(2, "g") + b"".join(field(5, i) for i in initializers) \
        + b"".join(field(11, i) for i in inputs) + b"".join(field(12, o) for o in outputs)


def model(body, opset=13):
    return field(1, 8) + field(7, body) + field(8, field(1, "") + field(2, opset))


def nested(depth):
    inner = graph()
    for _ in range(depth):
        inner = graph(nodes=[node("If", ["flat"], ["logits"], [field(1, "then_branch") + field(6, inner) + field(20, 5)])])
    return inner


def outside(location, *more):
    return model(graph(initializers=[tensor("w", external=(("location", location), *more))]))


def models():
    fine = model(graph())
    random.seed(1)
    return {
        "fine.onnx": fine,
        "empty.onnx": b"",
        "cut-in-half.onnx": fine[:len(fine) // 2],
        "cut-before-opset.onnx": fine[:fine.rindex(b"B")],
        "noise.onnx": bytes([0xFF] + [random.randrange(256) for _ in range(299)]),
        "page.onnx": b"<!DOCTYPE html><title>404</title>",
        "student.zip.onnx": archive(("Model.key", b"x")),
        "cut-zip.onnx": archive(*good_entries())[:200],
        "no-graph.onnx": field(1, 8) + field(8, field(1, "") + field(2, 13)),
        "shape-overflows.onnx": model(graph(initializers=[tensor("w", (2**62, 2**62))])),
        "shape-wraps.onnx": model(graph(initializers=[tensor("w", (2**62, 1), b"")])),
        "shape-negative.onnx": model(graph(initializers=[tensor("w", (-3,))])),
        "giant.onnx": model(graph(initializers=[tensor("w", (2**20, 2**20))])),
        "giant-without-data.onnx": model(graph(initializers=[tensor("w", (2**40,), None)])),
        "short-data.onnx": model(graph(initializers=[tensor("w", (4,))])),
        "giant-in-attribute.onnx": model(graph(nodes=[POOL, FLAT, node("Constant", [], ["c"], [field(1, "value") + field(5, tensor("", (2**50,), b"")) + field(20, 4)]), HEAD])),
        "deep.onnx": model(nested(200)),
        "long-circle.onnx": model(graph(nodes=[node("Add", ["image", "b"], ["a"]), node("Relu", ["a"], ["b"]), POOL, FLAT, HEAD])),
        "own-input.onnx": model(graph(nodes=[POOL, FLAT, node("Add", ["logits", "w"], ["logits"])])),
        "circle-in-branch.onnx": model(graph(nodes=[POOL, FLAT, HEAD, node("If", ["flat"], ["z"], [field(1, "then_branch") + field(6, graph(nodes=[node("Relu", ["q"], ["q"])], initializers=[])) + field(20, 5)])])),
        "two-initialisers.onnx": model(graph(initializers=[tensor("w"), tensor("w")])),
        "two-inputs.onnx": model(graph(inputs=[IMAGE, IMAGE])),
        "made-twice.onnx": model(graph(nodes=[POOL, FLAT, HEAD, node("Relu", ["flat"], ["pooled"])])),
        "made-and-given.onnx": model(graph(nodes=[POOL, FLAT, HEAD, node("Relu", ["flat"], ["w"])])),
        "opset-huge.onnx": model(graph(), 2**62),
        "opset-zero.onnx": model(graph(), 0),
        "outside-dot-dot.onnx": outside("../images/rgb.png"),
        "outside-absolute.onnx": outside("/etc/hostname"),
        "outside-no-file.onnx": outside("weights.bin"),
        "outside-folder.onnx": outside("."),
        "outside-zero-character.onnx": outside("a\0b"),
        "outside-beyond-end.onnx": outside("empty.onnx", ("offset", "4"), ("length", "12")),
        "outside-giant.onnx": outside("fine.onnx", ("length", str(2**62))),
    }


if __name__ == "__main__":
    write("usable-images", usable_images())
    write("images", bad_images())
    write("archives", archives())
    write("models", models())
    for folder in ("usable-images", "images", "archives", "models"):
        files = list((HERE / folder).iterdir())
        print(folder, len(files), "files,", sum(f.stat().st_size for f in files), "bytes")
