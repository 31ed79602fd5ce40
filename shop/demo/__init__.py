"""`make demo`: the whole shop on this machine, started by one command and stopped by Ctrl-C."""
