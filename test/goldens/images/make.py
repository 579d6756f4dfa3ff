#!/usr/bin/python3
"""Writes the pictures beside this file (Pillow 9.4): one gradient of 32 x 24 pixels in the kinds of file that users have.

The pixel at (x, y) is (8 x, 10 y, 128); the grey ones are 8 x. Tests compute these values themselves.
"""
import os
from PIL import Image

os.chdir(os.path.dirname(os.path.abspath(__file__)))
WIDTH, HEIGHT = 32, 24

rgb = Image.new("RGB", (WIDTH, HEIGHT))
grey = Image.new("L", (WIDTH, HEIGHT))
deep = Image.new("I;16", (WIDTH, HEIGHT))
half = Image.new("RGBA", (WIDTH, HEIGHT))
for y in range(HEIGHT):
    for x in range(WIDTH):
        rgb.putpixel((x, y), (8 * x, 10 * y, 128))
        grey.putpixel((x, y), 8 * x)
        deep.putpixel((x, y), 8 * x * 257)
        half.putpixel((x, y), (8 * x, 10 * y, 128, 255 if x < 16 else 0))

rgb.save("rgb.png")
rgb.save("rgb.bmp")
rgb.save("rgb.gif")
rgb.save("rgb.jpg", quality=98, subsampling=0)
rgb.save("progressive.jpg", quality=98, subsampling=0, progressive=True)
rgb.convert("CMYK").save("cmyk.jpg", quality=98)
grey.save("grey.jpg", quality=98)
grey.save("grey.png")
deep.save("grey16.png")
half.save("rgba.png")
# 32 columns in 24 rows would need more than 256 colours: the palette one is grey.
grey.convert("P").save("palette.png")
exif = Image.Exif()
exif[0x0112] = 6  # "turn by 90 degrees", which readers here ignore
rgb.save("turned.jpg", quality=98, subsampling=0, exif=exif)
