"""Forms as nobody's browser sends them: names of files reach the wire as they are."""

from collections.abc import Mapping

BOUNDARY = "a-boundary-that-no-file-has"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def form(texts: Mapping[str, object], field: str, name: str, data: bytes) -> bytes:
    """The body of a form with one file."""
    parts = [_part(f'name="{key}"', str(value).encode()) for key, value in texts.items()]
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    parts.append(_part(f'name="{field}"; filename="{quoted}"', data, "image/jpeg"))
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _part(disposition: str, content: bytes, type: str = "text/plain") -> bytes:
    head = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n"
        f"Content-Type: {type}\r\n\r\n"
    )
    return head.encode(errors="surrogateescape") + content + b"\r\n"
