#!/usr/bin/env bash
# Half a JPEG passes Django's ImageField, which is there to let only pictures in.
#
# An ImageField of a form calls Pillow's verify(). Of Pillow's usual formats only PNG has a check
# of its own there, WebP fails because its decoder begins at once, and for JPEG, GIF, TIFF and BMP
# verify() reads the header and no more. So an upload that was cut short is accepted and stored,
# and fails when somebody makes its thumbnail: "image file is truncated".
#
# Pillow 13.0.0: PIL/Image.py, verify(); its manual says that no image data is decoded. Django
# 5.2.19: django/forms/fields.py, ImageField.to_python.
. "$(dirname "$0")/shared.bash"
install Django==5.2.19 pillow==13.0.0 numpy==2.4.6

observe python - <<'PYTHON'
import io

import django
import numpy as np
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

settings.configure(USE_I18N=False)
django.setup()
noise = np.random.default_rng(1).integers(0, 256, (100, 100, 3), dtype=np.uint8)
for kind in ("JPEG", "GIF", "TIFF", "BMP", "PNG", "WEBP"):
    whole = io.BytesIO()
    Image.fromarray(noise).save(whole, kind)
    half = whole.getvalue()[: len(whole.getvalue()) // 2]
    try:
        forms.ImageField().clean(SimpleUploadedFile(f"half.{kind.lower()}", half))
        verdict = "accepted"
    except forms.ValidationError:
        verdict = "refused"
    try:
        Image.open(io.BytesIO(half)).load()
        decoded = "can be decoded"
    except OSError:
        decoded = "cannot be decoded"
    print(f"half a {kind}: {verdict} by the form, {decoded}")
PYTHON
expect <<'END'
half a JPEG: accepted by the form, cannot be decoded
half a GIF: accepted by the form, cannot be decoded
half a TIFF: accepted by the form, cannot be decoded
half a BMP: accepted by the form, cannot be decoded
half a PNG: refused by the form, cannot be decoded
half a WEBP: refused by the form, cannot be decoded
END
