#!/usr/bin/env bash
# With `transaction.on_commit(callback, robust=True)` an error in the callback does reach the
# caller, as another error, if the callback is a functools.partial.
#
# `robust=True` promises that an exception is logged and the callbacks after it still run. To log
# it, Django 5.2 asks the callback for its __qualname__, which a partial (the usual way to give a
# callback its arguments, and the one that Django's manual shows) has not: AttributeError, out of
# the commit that has been done already. What was registered after it never runs.
#
# Django 5.2.19: django/db/backends/base/base.py, run_and_clear_commit_hooks. In 6.1 that line asks
# with a default.
. "$(dirname "$0")/shared.bash"
install Django==5.2.19

observe python -W ignore - <<'PYTHON'
import functools
import logging

from django.conf import settings
from django.db import transaction

DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
settings.configure(DATABASES={"default": DATABASE})
logging.disable()


def fails(what):
    raise ValueError(what)


def commit(name, callback):
    try:
        with transaction.atomic():
            transaction.on_commit(callback, robust=True)
            transaction.on_commit(lambda: print(f"{name}: the next callback runs"), robust=True)
        print(f"{name}: no error")
    except Exception as error:
        print(f"{name}: {type(error).__name__}: {error}")


commit("lambda", lambda: fails("broker is away"))
commit("partial", functools.partial(fails, "broker is away"))
PYTHON
expect <<'END'
lambda: the next callback runs
lambda: no error
partial: AttributeError: 'functools.partial' object has no attribute '__qualname__'
END
