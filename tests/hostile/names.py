"""Names of files that lead somewhere else, or nowhere."""

NAMES = {
    "out of the folder": "../../x.jpg",
    "absolute": "/etc/hostname",
    "NUL": "products/a\0.jpg",
    "300 characters": "products/" + "x" * 296 + ".jpg",
    "right-to-left override": "products/\u202egpj.exe",
    "half a character": "products/\udcff.jpg",
    "a folder": "products",
    "below a file": "products/there.jpg/x.jpg",
    "gone": "products/gone.jpg",
}
"""Storage names under which there is no picture, for a storage with products/there.jpg."""

UPLOAD_NAMES = {
    "out of the folder": "../../x.jpg",
    "out of the folder, as Windows writes it": "..\\..\\x.jpg",
    "out of the folder, encoded": "..%2f..%2fx.jpg",
    "absolute": "/etc/cron.d/x.jpg",
    "NUL": "a\0.jpg",
    "300 characters": "x" * 296 + ".jpg",
    "right-to-left override": "\u202egpj.exe.jpg",
    "two endings": "x.php.jpg",
    "two endings, a script's last": "x.jpg.php",
    "a web page's ending": "x.html",
    "a drawing's ending": "x.svg",
    "a document's ending": "x.pdf",
    "no ending": "x",
    "no name": ".jpg",
    "dots": "..",
    "a settings file's": ".htaccess",
    "a line break": "x\r\nSet-Cookie: a=b\r\n.jpg",
    "markup": "<img src=x onerror=alert(1)>.jpg",
    "a reserved one": "CON.jpg",
    "blank": " ",
    "emoji": "\U0001f457.jpg",
}
"""Names that a browser, or somebody who says to be one, gives to the file that it sends."""
