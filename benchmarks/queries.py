"""Nearest neighbours among 50,000 products: latency and recall under filters, beside FAISS.

VRS_PRODUCTS sets another number of products. Ours is the public `similar_to`, with everything
that a page pays for; recall is measured against an exact search by NumPy.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from . import scratch_shop
from .backends import EF_CONSTRUCTION, LIMIT, FaissBackend, M, exact_backend, filters, vrs_backend
from .measurement import HEADINGS, WARM_UP, WIDTH, GroundTruth, Measurement, SqlTimer, measure
from .synthetic_catalogue import SyntheticCatalogue, fill

PRODUCTS = int(os.environ.get("VRS_PRODUCTS", "50000"))
QUERIES, EXACT_QUERIES = 200, 20
EF_SEARCHES = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024)
SERVER = ("shared_buffers", "maintenance_work_mem", "work_mem", "max_parallel_workers_per_gather")


def main() -> None:
    with scratch_shop.shop():
        began = time.perf_counter()
        catalogue = fill(PRODUCTS)
        print(f"{PRODUCTS:,} products filled and indexed in {time.perf_counter() - began:.0f} s")
        print(_settings())
        rows = np.random.default_rng(1).choice(PRODUCTS, QUERIES + WARM_UP, replace=False)
        truth = GroundTruth(catalogue, rows.tolist())
        unfiltered = _measure_ours(catalogue, rows.tolist(), truth)
        _compare_with_faiss(catalogue, rows.tolist(), truth, unfiltered)


def _measure_ours(
    catalogue: SyntheticCatalogue, rows: list[int], truth: GroundTruth
) -> Measurement:
    """Print ours and the exact scan, a line for each filter; returns ours without filter."""
    timer = SqlTimer()
    lines = {
        each.name: measure(vrs_backend(catalogue, each), rows, each, truth, timer)
        for each in filters(catalogue)
    }
    _print_table(f"similar_to(…, limit={LIMIT}), ms", lines)
    print(f"set within: {'; '.join(sorted(timer.settings))}")
    few = rows[: EXACT_QUERIES + WARM_UP]
    exactly = {
        each.name: measure(exact_backend(catalogue, each), few, each, truth, SqlTimer())
        for each in filters(catalogue)
    }
    _print_table("exact scan in PostgreSQL, ms", exactly)
    return next(iter(lines.values()))


def _compare_with_faiss(
    catalogue: SyntheticCatalogue, rows: list[int], truth: GroundTruth, unfiltered: Measurement
) -> None:
    """Measure FAISS at the first efSearch whose recall is ours, and print the comparison."""
    faiss, everything = FaissBackend(catalogue), filters(catalogue)[0]

    def measured_at(ef_search: int) -> Measurement:
        faiss.index.hnsw.efSearch = ef_search
        return measure(faiss, rows, everything, truth, SqlTimer())

    ef_search, found = at_equal_recall(unfiltered, measured_at)
    name = f"unfiltered, efSearch {ef_search}"
    _print_table(f"FAISS {faiss.version} HNSW in process, ms", {name: found})
    print(f"built in {faiss.seconds_to_build:.0f} s; M {M}, efConstruction {EF_CONSTRUCTION}")
    print(comparison(unfiltered, found))


def at_equal_recall(
    ours: Measurement, measured_at: Callable[[int], Measurement]
) -> tuple[int, Measurement]:
    """The first efSearch whose mean recall reaches ours, else the last; and its measurement."""
    for ef_search in EF_SEARCHES:
        found = measured_at(ef_search)
        if found.mean_recall >= ours.mean_recall:
            break
    return ef_search, found


def comparison(ours: Measurement, faiss: Measurement) -> str:
    """Our latency as a multiple of FAISS's at equal recall, where FAISS reaches it."""
    if faiss.mean_recall < ours.mean_recall:
        return (
            f"no comparison: FAISS reaches recall {faiss.mean_recall:.3f} at most, "
            f"ours {ours.mean_recall:.3f}"
        )
    return (
        f"ours / FAISS, unfiltered: {ours.median / faiss.median:.1f} in all, "
        f"{np.median(ours.sql) / faiss.median:.1f} SQL alone"
    )


def _print_table(title: str, lines: dict[str, Measurement]) -> None:
    print(f"\n{title:{WIDTH}}{HEADINGS}")
    for name, measured in lines.items():
        print(measured.line(name))


def _settings() -> str:
    """Machine, versions and settings, printed with the figures."""
    import psutil
    from django.db import connection

    with connection.cursor() as cursor:
        values = []
        for name in SERVER:
            cursor.execute(f"SHOW {name}")
            values.append(f"{name} {cursor.fetchone()[0]}")
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        extension = cursor.fetchone()[0]
        index = index_options(cursor)
    memory = f"{psutil.virtual_memory().total / 2**30:.0f} GiB of memory"
    return (
        f"{scratch_shop.machine()}, {memory}\n"
        f"PostgreSQL {server}, pgvector {extension}, index {index}, {', '.join(values)}\n"
        f"{QUERIES} queries ({EXACT_QUERIES} exact) after {WARM_UP} to warm up, one at a time; "
        "vectors: a stand-in for a network's (tests/vectors.py)"
    )


def index_options(cursor: Any) -> str:
    """The options of the active space's index, as stored in PostgreSQL."""
    from vrs_app import spaces

    space = spaces.active()
    assert space is not None
    name = spaces.index_name(space)
    cursor.execute("SELECT reloptions FROM pg_class WHERE relname = %s", [name])
    (options,) = cursor.fetchone()
    return f"({', '.join(options)})" if options else "with pgvector's defaults"


if __name__ == "__main__":
    main()
