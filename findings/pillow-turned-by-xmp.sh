#!/usr/bin/env bash
# ImageOps.exif_transpose turns pictures that have no EXIF orientation, and that no browser turns.
#
# Where EXIF has no orientation, Pillow looks for the letters tiff:Orientation in the XMP, which
# photo editors write. Browsers look at EXIF alone (seen with Chromium 156). So the thumbnail of a
# picture lies on its side, and the picture itself, opened in the same browser, stands.
#
# Pillow 13.0.0: PIL/Image.py, Image.getexif; not in the manual of exif_transpose.
. "$(dirname "$0")/shared.bash"
install pillow==13.0.0

observe python - <<'PYTHON'
import io

from PIL import Image, ImageOps

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
    b' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)
for name, options in (("no XMP", {}), ("orientation 6 in XMP", {"xmp": XMP})):
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(file, "JPEG", **options)
    image = Image.open(file)
    print(f"{name}: EXIF {'exif' in image.info}, {image.size} becomes", end=" ")
    print(ImageOps.exif_transpose(image).size)
PYTHON
expect <<'END'
no XMP: EXIF False, (60, 40) becomes (60, 40)
orientation 6 in XMP: EXIF False, (60, 40) becomes (40, 60)
END
