"""Small files of unusual depth, mode or colours: four quarters, each of one colour."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..pictures import (
    BOTTOM_LEFT,
    BOTTOM_RIGHT,
    GREY,
    PALETTE,
    RGB,
    RGBA,
    TOP_LEFT,
    TOP_RIGHT,
    encoded,
    png_chunk,
    quarters,
)

SIDE = 64
GREY_ALPHA = 4
COLOURS = np.array([TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT], np.uint8)
GREYS = np.array([[20], [90], [160], [230]], np.uint8)
ALPHAS = np.array([[255], [128], [64], [0]], np.uint8)
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
PLAIN = quarters((SIDE, SIDE))

ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2))
"""First row and column of each pass but the last, and its steps down and across."""

Samples = NDArray[np.integer[Any]]


def in_quarters(values: Samples) -> Samples:
    """4 × channels as height × width × channels."""
    return values.reshape(2, 2, -1).repeat(SIDE // 2, 0).repeat(SIDE // 2, 1)


def deep(values: Samples) -> Samples:
    """Of 16 bits, whose lower eight bits are not the upper ones."""
    return values.astype(np.uint16) * 256 + 100


# --- PNG ------------------------------------------------------------------------------------


def png(
    colour: int, bits: int, values: Samples, *chunks: bytes, interlaced: bool = False
) -> bytes:
    """`values` of each quarter, 4 × channels."""
    header = struct.pack(">IIBBBBB", SIDE, SIDE, bits, colour, 0, 0, interlaced)
    samples = in_quarters(values)
    passes = [samples[y::down, x::across] for y, x, down, across in ADAM7] + [samples[1::2]]
    rows = b"".join(_rows(each, bits) for each in (passes if interlaced else [samples]))
    pixels = png_chunk(b"IDAT", zlib.compress(rows))
    whole = [png_chunk(b"IHDR", header), *chunks, pixels, png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(whole)


def _rows(samples: Samples, bits: int) -> bytes:
    flat = samples.reshape(len(samples), -1)
    if bits == 16:
        packed = flat.astype(">u2").view(np.uint8)
    elif bits == 8:
        packed = flat.astype(np.uint8)
    else:
        each = np.unpackbits(flat.astype(np.uint8)[..., None], axis=-1)[..., -bits:]
        packed = np.packbits(each.reshape(len(flat), -1), axis=-1)
    return b"".join(b"\0" + row.tobytes() for row in packed)


def with_chunk(kind: bytes, content: Sequence[int] | bytes) -> bytes:
    """A PNG in sRGB values with this chunk before its pixels."""
    return png(RGB, 8, COLOURS, png_chunk(kind, bytes(content)))


def gamma(value: int, *chromaticities: int) -> bytes:
    """A PNG of this gAMA, and this cHRM if there is one."""
    chunks = [png_chunk(b"gAMA", struct.pack(">I", value))]
    if chromaticities:
        chunks.append(png_chunk(b"cHRM", struct.pack(">8I", *chromaticities)))
    return png(RGB, 8, COLOURS, *chunks)


def _clear(*values: int) -> bytes:
    return png_chunk(b"tRNS", struct.pack(f">{len(values)}H", *values))


def pngs() -> Iterator[tuple[str, bytes]]:
    indices = np.arange(4)[:, None]
    palette = png_chunk(b"PLTE", COLOURS.tobytes())
    grey_alpha, rgba = np.hstack([GREYS, ALPHAS]), np.hstack([COLOURS, ALPHAS])
    yield "PNG RGB", png(RGB, 8, COLOURS)
    yield "PNG RGB 16", png(RGB, 16, deep(COLOURS))
    yield "PNG RGBA", png(RGBA, 8, rgba)
    yield "PNG RGBA 16", png(RGBA, 16, deep(rgba))
    yield "PNG grey 8", png(GREY, 8, GREYS)
    yield "PNG grey 16", png(GREY, 16, deep(GREYS))
    yield "PNG grey with alpha", png(GREY_ALPHA, 8, grey_alpha)
    yield "PNG grey with alpha 16", png(GREY_ALPHA, 16, deep(grey_alpha))
    for bits in (1, 2, 4):
        few = indices * (2**bits - 1) // 3
        yield f"PNG grey {bits}", png(GREY, bits, few)
        yield f"PNG grey {bits}, black clear", png(GREY, bits, 2**bits - 1 - few, _clear(0))
        yield f"PNG grey {bits}, lighter clear", png(GREY, bits, few, _clear(int(few[2, 0])))
    for bits in (2, 4, 8):
        yield f"PNG palette {bits}", png(PALETTE, bits, indices, palette)
    yield "PNG palette 1", png(PALETTE, 1, indices // 2, png_chunk(b"PLTE", COLOURS[:2].tobytes()))
    some = png_chunk(b"tRNS", bytes([255, 128, 0]))
    yield "PNG palette with transparency", png(PALETTE, 8, indices, palette, some)
    yield "PNG grey 8, one clear", png(GREY, 8, GREYS, _clear(160))
    yield "PNG grey 16, one clear", png(GREY, 16, deep(GREYS), _clear(160 * 256 + 100))
    yield "PNG grey 16, none clear", png(GREY, 16, deep(GREYS), _clear(160 * 256 + 101))
    yield "PNG RGB, one clear", png(RGB, 8, COLOURS, _clear(*TOP_RIGHT))
    clear = [value * 256 + 100 for value in TOP_RIGHT]
    yield "PNG RGB 16, one clear", png(RGB, 16, deep(COLOURS), _clear(*clear))
    yield "PNG interlaced", png(RGB, 8, COLOURS, interlaced=True)
    yield "PNG interlaced grey 16", png(GREY, 16, deep(GREYS), interlaced=True)
    yield "PNG interlaced palette 2", png(PALETTE, 2, indices, palette, interlaced=True)
    yield "PNG animated", encoded(PLAIN, "PNG", **_second())
    hidden = {"default_image": True, "save_all": True, "append_images": [PLAIN, PLAIN.rotate(180)]}
    yield "PNG animated, first picture hidden", encoded(PLAIN.rotate(90), "PNG", **hidden)
    yield (
        "PNG sRGB chunk over gAMA",
        png(
            RGB,
            8,
            COLOURS,
            png_chunk(b"gAMA", struct.pack(">I", 100_000)),
            png_chunk(b"sRGB", b"\0"),
        ),
    )
    yield "PNG gAMA of sRGB", gamma(45_455)
    yield "PNG cICP sRGB", with_chunk(b"cICP", [1, 13, 0, 1])
    yield "PNG cICP of narrow range", with_chunk(b"cICP", [12, 13, 0, 0])
    yield "PNG EXIF 6", with_chunk(b"eXIf", exif(6)[6:])


def exif(orientation: int) -> bytes:
    entry = struct.pack("<HHHII", 1, 0x0112, 3, 1, orientation)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + entry + bytes(4)


def _second() -> dict[str, Any]:
    return {"save_all": True, "append_images": [PLAIN.rotate(180)], "duration": 60_000}


# --- TIFF -----------------------------------------------------------------------------------


def tiff(values: Samples, photometric: int, *, alpha: bool = False, order: str = "<") -> bytes:
    """`values` of each quarter, 4 × channels, uncompressed; `alpha` says what is the last one."""
    data = in_quarters(values).astype(f"{order}u{values.itemsize}").tobytes()
    channels = values.shape[1]
    fields = {256: SIDE, 257: SIDE, 258: 0, 259: 1, 262: photometric, 273: 0, 277: channels}
    fields |= {278: SIDE, 279: len(data)} | ({338: 2} if alpha else {})
    behind = 8 + 2 + 12 * len(fields) + 4
    fields |= {273: behind + 2 * channels}
    entries = [struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in fields.items()]
    bits = struct.pack(order + "H", values.itemsize * 8) * channels
    place = bits.ljust(4, b"\0") if channels <= 2 else struct.pack(order + "I", behind)
    entries[2] = struct.pack(order + "HHI", 258, 3, channels) + place
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, len(entries))
    return b"".join([head, *entries, bytes(4), bits, data])


def tiffs() -> Iterator[tuple[str, bytes]]:
    """No browser shows TIFF: each is named for the PNG of the same values."""
    grey, rgb = 1, 2
    yield "PNG RGB 16", tiff(deep(COLOURS), rgb)
    yield "PNG RGB 16", tiff(deep(COLOURS), rgb, order=">")
    yield "PNG RGBA 16", tiff(deep(np.hstack([COLOURS, ALPHAS])), rgb, alpha=True)
    yield "PNG grey 16", tiff(deep(GREYS), grey)
    yield "PNG grey 16", tiff(deep(GREYS), grey, order=">")
    yield "PNG grey 8", tiff(GREYS, grey)
    yield "PNG RGB", tiff(COLOURS, rgb)
    yield "PNG grey with alpha", tiff(np.hstack([GREYS, ALPHAS]), grey, alpha=True)


# --- JPEG -----------------------------------------------------------------------------------


def _jpeg(picture: Image.Image = PLAIN, **options: Any) -> bytes:
    return encoded(picture, "JPEG", quality=95, subsampling=0, **options)


def _segment(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(content) + 2) + content


def _front(jpeg: bytes, *segments: bytes) -> bytes:
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def _adobe(jpeg: bytes, transform: int | None) -> bytes:
    """The same with another transform in Adobe's segment, or without the segment."""
    start = jpeg.index(b"\xff\xee")
    if transform is None:
        return jpeg[:start] + jpeg[start + 16 :]
    return jpeg[: start + 15] + bytes([transform]) + jpeg[start + 16 :]


def _multi_picture(*, front: Sequence[bytes] = (), second: Image.Image) -> bytes:
    """What phones write: an index of two pictures, and the second behind the first."""
    whole = encoded(PLAIN, "MPO", quality=95, save_all=True, append_images=[second])
    return _front(whole, *front)


def _gain_map(description: str) -> bytes:
    return _segment(
        0xE1,
        b"http://ns.adobe.com/xap/1.0/\0"
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
        b' xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"'
        b' xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/" '
        + description.encode()
        + b"/></rdf:RDF></x:xmpmeta>",
    )


def jpegs() -> Iterator[tuple[str, bytes]]:
    cmyk = _jpeg(PLAIN.convert("CMYK"))
    yield "JPEG grey", _jpeg(PLAIN.convert("L"))
    yield "JPEG CMYK", cmyk
    yield "JPEG CMYK without Adobe's segment", _adobe(cmyk, None)
    yield "JPEG YCCK", _adobe(cmyk, 2)
    rgb = _jpeg(keep_rgb=True)
    yield "JPEG RGB", rgb
    yield "JPEG RGB by the names of its components", _adobe(rgb, None)
    map_ = Image.new("L", (16, 16), 128)
    yield "JPEG with a second picture", _multi_picture(second=PLAIN.rotate(90))
    ultra = _gain_map('hdrgm:Version="1.0"')
    yield "JPEG Ultra HDR", _multi_picture(front=[ultra], second=map_)
    ultra = _gain_map("hdrgm:Version='1.0'")
    yield "JPEG Ultra HDR, apostrophes", _multi_picture(front=[ultra], second=map_)
    iso = _segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0" + bytes(4))
    yield "JPEG ISO 21496-1", _multi_picture(front=[iso], second=map_)
    apple = _gain_map('HDRGainMap:HDRGainMapVersion="65536"')
    yield "JPEG of an iPhone", _multi_picture(front=[apple], second=map_)
    yield "JPEG EXIF 6", _jpeg(exif=exif(6))
    xmp = _gain_map('xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"')
    yield "JPEG orientation in XMP alone", _front(_jpeg(), xmp)


# --- others ---------------------------------------------------------------------------------


def _bmp(bits: int, masks: Sequence[int], pixels: Samples, *, size: int = 40) -> bytes:
    """Of bit fields, top down."""
    header = struct.pack("<IiiHHIIiiII", size, SIDE, -SIDE, 1, bits, 3, 0, 0, 0, 0, 0)
    fields = b"".join(struct.pack("<I", mask) for mask in masks).ljust(size - 40, b"\0")
    start = 14 + len(header) + len(fields)
    data = pixels.tobytes()
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + header + fields + data


def bmps() -> Iterator[tuple[str, bytes]]:
    few = PLAIN.quantize(4)
    yield "BMP", encoded(PLAIN, "BMP")
    yield "BMP palette", encoded(few, "BMP")
    yield "BMP grey", encoded(PLAIN.convert("L"), "BMP")
    yield "BMP 1", encoded(Image.fromarray(in_quarters(GREYS)[..., 0]).convert("1"), "BMP")
    red, green, blue = (in_quarters(COLOURS)[..., n].astype(np.uint32) for n in range(3))
    short = ((red >> 3) << 11 | (green >> 2) << 5 | blue >> 3).astype("<u2")
    yield "BMP 565", _bmp(16, (0xF800, 0x7E0, 0x1F), short)
    alpha = in_quarters(ALPHAS)[..., 0].astype(np.uint32)
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    long = (alpha << 24 | red << 16 | green << 8 | blue).astype("<u4")
    yield "BMP with alpha", _bmp(32, masks, long, size=108)
    yield "BMP 32 without alpha", _bmp(32, masks[:3], long & 0xFFFFFF)


def others() -> Iterator[tuple[str, bytes]]:
    rgba = Image.fromarray(in_quarters(np.hstack([COLOURS, ALPHAS])))
    few = PLAIN.quantize(4)
    clear = int(few.getpixel((SIDE - 1, 0)))  # type: ignore[arg-type]
    yield "GIF", encoded(few, "GIF")
    yield "GIF with a clear colour", encoded(few, "GIF", transparency=clear)
    yield "GIF interlaced", encoded(few, "GIF", interlace=1)
    yield "GIF animated", encoded(few, "GIF", **_second())
    yield "WebP", encoded(PLAIN, "WEBP", quality=95)
    yield "WebP lossless", encoded(PLAIN, "WEBP", lossless=True)
    yield "WebP with alpha", encoded(rgba, "WEBP", quality=95)
    yield "WebP lossless with alpha", encoded(rgba, "WEBP", lossless=True)
    yield "WebP animated", encoded(PLAIN, "WEBP", lossless=True, **_second())
    yield "WebP EXIF 6", encoded(PLAIN, "WEBP", lossless=True, exif=exif(6))
    yield "AVIF", encoded(PLAIN, "AVIF", quality=95, speed=10)
    yield "AVIF as video", _avif(1, 1)
    yield "AVIF 4:4:4", encoded(PLAIN, "AVIF", quality=95, speed=10, subsampling="4:4:4")
    yield "AVIF grey", encoded(PLAIN.convert("L"), "AVIF", quality=95, speed=10)
    yield "AVIF narrow range", encoded(PLAIN, "AVIF", quality=95, speed=10, range="limited")
    # Seen with Chromium 156 and libavif 1.4.2, which wrote them: the browser takes transparency,
    # and colours of animated files of full range, for those of narrow range. So they are left out.
    halves = Image.fromarray(in_quarters(np.hstack([COLOURS, ALPHAS[[0, 1, 0, 3]]])))
    yield "AVIF with alpha", encoded(halves, "AVIF", quality=95, speed=10)
    narrow = {"quality": 95, "speed": 10, "range": "limited"}
    yield "AVIF animated", encoded(PLAIN, "AVIF", **narrow, **_second())
    yield "AVIF turned", encoded(PLAIN, "AVIF", quality=95, speed=10, exif=exif(6))


# --- colours named without a profile --------------------------------------------------------


def colour_coded() -> Iterator[tuple[str, bytes]]:
    display_p3 = (31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000)
    yield "PNG gAMA 1", gamma(100_000)
    yield "PNG gAMA 1/1.8", gamma(55_556)
    yield "PNG gAMA and cHRM of Display P3", gamma(45_455, *display_p3)
    yield "PNG cICP Display P3", with_chunk(b"cICP", [12, 13, 0, 1])
    yield "PNG cICP BT.2020", with_chunk(b"cICP", [9, 13, 0, 1])
    yield "PNG cICP BT.2020 as video", with_chunk(b"cICP", [9, 1, 0, 1])
    yield "PNG cICP linear", with_chunk(b"cICP", [1, 8, 0, 1])
    linear = png_chunk(b"cICP", bytes([1, 8, 0, 1]))
    yield "PNG grey cICP linear", png(0, 8, GREYS, linear)
    unspecified = png_chunk(b"cICP", bytes([12, 2, 0, 1]))
    gamma_1 = png_chunk(b"gAMA", struct.pack(">I", 100_000))
    yield "PNG cICP unspecified, gAMA 1", png(RGB, 8, COLOURS, unspecified, gamma_1)
    yield "AVIF Display P3", _avif(12, 13)
    yield "AVIF BT.2020 as video", _avif(9, 1)
    yield "PNG cICP PQ", with_chunk(b"cICP", [9, 16, 0, 1])
    yield "PNG cICP HLG", with_chunk(b"cICP", [9, 18, 0, 1])


def _avif(primaries: int, transfer: int) -> bytes:
    """An AVIF of sRGB's values with these code points in its colour box."""
    whole = encoded(PLAIN, "AVIF", quality=95, speed=10)
    start = whole.index(b"nclx") + 4
    return whole[:start] + struct.pack(">HH", primaries, transfer) + whole[start + 4 :]


def all_shown() -> dict[str, bytes]:
    """What browsers show, whose colours are sRGB."""
    return dict([*pngs(), *jpegs(), *bmps(), *others()])
