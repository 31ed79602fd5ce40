"""`make demo`: starts the whole shop on this machine; Ctrl-C stops it."""
