"""`python -m benchmarks [NAME …]`: each benchmark in a process of its own."""

import subprocess
import sys

NAMES = ("save_to_carousel", "neighbours")


def main(names: list[str]) -> int:
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}.")
        return 2
    results = [
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
        for name in names or NAMES
    ]
    return max(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
