#!/usr/bin/env bash
# Celery up to 5.6: a task class passes the type checker or the interpreter, not both.
#
# In the stubs (celery-types) Task is generic in its parameters and its result, so mypy --strict
# refuses `class Mine(Task)`; at run time it is an ordinary class, so `class Mine(Task[Any, Any])`
# is a TypeError when the module is imported. Celery 5.7 has Task[...]; to support older ones the
# class carries `# type: ignore[type-arg]`, or is written twice, under `if TYPE_CHECKING`.
#
# Celery 5.7.0: celery/app/task.py, __class_getitem__, which 5.6.3 has not.
. "$(dirname "$0")/shared.bash"
install celery==5.6.3 celery-types==0.26.0 mypy==2.4.1

cat >plain.py <<'PYTHON'
from celery import Task


class Mine(Task):
    pass
PYTHON
cat >generic.py <<'PYTHON'
from typing import Any

from celery import Task


class Mine(Task[Any, Any]):
    pass
PYTHON
both() {
    for module in plain generic; do
        echo "$module:"
        mypy --strict --no-error-summary "$module.py" && echo "mypy: no complaint"
        python -c "import $module" 2>import.log && echo "Python: no complaint"
        tail -n 1 import.log
    done
}
observe both
expect <<'END'
plain:
plain.py:4: error: Missing type arguments for generic type "Task"  [type-arg]
Python: no complaint
generic:
mypy: no complaint
TypeError: type 'Task' is not subscriptable
END
