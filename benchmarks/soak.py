"""The soak as a file: `python benchmarks/soak.py --minutes 10 --seed 1`.

The package `benchmarks.soak`, which lies beside this file, does the work.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from benchmarks.soak.__main__ import main

    sys.exit(main())
