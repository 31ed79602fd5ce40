"""`python -m benchmarks [NAME …]`: each benchmark in a process of its own."""

import subprocess
import sys

NAMES = ("save_to_carousel", "neighbours")
LONGER = ("queries", "photo_search", "words")
"""Several minutes each: run where they are named."""


def main(names: list[str]) -> int:
    known = (*NAMES, *LONGER)
    unknown = set(names) - set(known)
    if unknown:
        print(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
        return 2
    results = [
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
        for name in names or NAMES
    ]
    return max(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
