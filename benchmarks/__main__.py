"""`python -m benchmarks [NAME …] [OPTION …]`: each benchmark in a process of its own.

With `--smoke` and no name, the shorter ones do a little of their work: a check that they run,
not a measurement.
"""

import os
import subprocess
import sys
from itertools import takewhile

from . import scratch_shop

NAMES = ("save_to_carousel", "neighbours")
LONGER = ("saves", "queries", "photo_search", "words", "colours", "pages", "soak")
"""Several minutes each: run only where they are named."""


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or NAMES; options are passed to the one that is named."""
    names = list(takewhile(lambda word: not word.startswith("-"), arguments))
    options = arguments[len(names) :]
    known = (*NAMES, *LONGER)
    unknown = set(names) - set(known)
    if unknown:
        print(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
        return 2
    if options and len(names) != 1 and arguments != [scratch_shop.SMOKE]:
        print(f"Options are for one benchmark: name it before {options[0]}.")
        return 2
    commands = [[sys.executable, "-m", f"benchmarks.{name}", *options] for name in names or NAMES]
    if len(commands) == 1:  # replaces this process, so that Ctrl-C reaches it alone
        os.execv(sys.executable, commands[0])
    results = [subprocess.run(command, check=False).returncode for command in commands]
    return max(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
