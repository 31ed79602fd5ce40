"""Personal recommendations over HTTP; a shop enables them by including `urls`."""
