#!/usr/bin/env bash
# A phone's .jpg is no JPEG to Pillow, but an MPO, or it is one, by a quotation mark in its XMP.
#
# A photo with a gain map (HDR for screens that can show it) is a JPEG with a second, small one
# behind it. Pillow takes that for a stereo picture: `image.format` is "MPO" with two frames, also
# when it was opened with formats=["JPEG"], so `if image.format == "JPEG"` turns good photos away.
# Pillow makes an exception where the XMP holds the very bytes ` hdrgm:Version="`. The same XMP
# written with an apostrophe, or as an element, is the same to any XML parser, and not to Pillow.
#
# Pillow 13.0.0: PIL/JpegImagePlugin.py, jpeg_factory.
. "$(dirname "$0")/shared.bash"
install pillow==13.0.0

observe python - <<'PYTHON'
import io

from PIL import Image

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"{}</rdf:RDF></x:xmpmeta>'
)


def photo(**options):
    file = io.BytesIO()
    gain_map = Image.new("L", (16, 16), 128)
    picture = Image.new("RGB", (64, 64), "red")
    picture.save(file, "MPO", save_all=True, append_images=[gain_map], **options)
    return file


for name, description in (
    ("no XMP", None),
    ("quotation marks", ' hdrgm:Version="1.0"/>'),
    ("apostrophes", " hdrgm:Version='1.0'/>"),
    ("an element", "><hdrgm:Version>1.0</hdrgm:Version></rdf:Description>"),
):
    options = {"xmp": XMP.format(description).encode()} if description else {}
    image = Image.open(photo(**options), formats=["JPEG"])
    print(f"{name}: {image.format}, {getattr(image, 'n_frames', 1)} frame(s)")
PYTHON
expect <<'END'
no XMP: MPO, 2 frame(s)
quotation marks: JPEG, 1 frame(s)
apostrophes: MPO, 2 frame(s)
an element: MPO, 2 frame(s)
END
