#!/usr/bin/env bash
# `task.apply_async(retry=False)` waits for a broker that is away ten times as long as the default.
#
# By default Celery connects four times and pauses 0, 0.2 and 0.4 seconds in between, as its
# task_publish_retry_policy says. With retry=False that policy is not used, and what is left is
# kombu's own: it connects again after 2 and after 4 more seconds, up to the connection's timeout.
# A web page that meant to be quick hangs for six seconds. `broker_transport_options` with
# max_retries=0 makes retry=False mean it.
#
# kombu 5.7.0: kombu/connection.py, default_channel and _ensure_connection; kombu issue 735.
. "$(dirname "$0")/shared.bash"
install "celery[redis]==5.7.0" kombu==5.7.0 redis==8.1.0

cat >send.py <<'PYTHON'
import socket
import sys
import threading
import time

from celery import Celery
from kombu.exceptions import OperationalError

came = []


def hang_up(server):
    while True:
        connection, _ = server.accept()
        came.append(time.monotonic())
        connection.close()


server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=hang_up, args=[server], daemon=True).start()
app = Celery(broker=f"redis://127.0.0.1:{server.getsockname()[1]}/0")
options = {"retry": False} if "retry=False" in sys.argv else {}
if "max_retries=0" in sys.argv:
    app.conf.broker_transport_options = {"max_retries": 0}
try:
    app.send_task("shop.tasks.embed", **options)
except OperationalError:
    pauses = [int(later - sooner) for sooner, later in zip(came, came[1:])]
    print(*sys.argv[1:] or ["default"], end=": ")
    print(f"{len(came)} connections, whole seconds between them: {pauses}")
PYTHON
send_in_three_ways() {
    python send.py
    python send.py retry=False
    python send.py retry=False max_retries=0
}
observe send_in_three_ways
expect <<'END'
default: 4 connections, whole seconds between them: [0, 0, 0]
retry=False: 3 connections, whole seconds between them: [2, 4]
retry=False max_retries=0: 1 connections, whole seconds between them: []
END
