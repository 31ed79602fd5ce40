"""Links that a shop's own analytics can count."""

from urllib.parse import urlencode, urlsplit

from ..conf import conf


def labelled(url: str, *, source: str, position: int) -> str:
    """`url` with the parameters of `VRS["CAMPAIGN"]` behind those that it has."""
    if not conf.CAMPAIGN:
        return url
    values = {
        name: value.format(source=source, position=position)
        for name, value in conf.CAMPAIGN.items()
    }
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(values))))
    return parts._replace(query=query).geturl()
