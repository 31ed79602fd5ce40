"""Look-alikes among 50,000 products: how fast, how right, under filters; FAISS beside it.

VRS_PRODUCTS sets another number of products. Ours is the public `similar_to`, with all that
a page pays for; what is right is said by NumPy, which compares every vector.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from . import scratch_shop
from .backends import EF_CONSTRUCTION, LIMIT, Faiss, M, exact, filters, ours
from .measurement import HEADINGS, WARM_UP, WIDTH, Judge, Log, Measured, measure
from .synthetic_catalogue import Shelf, fill

PRODUCTS = int(os.environ.get("VRS_PRODUCTS", "50000"))
QUERIES, EXACT_QUERIES = 200, 20
EF_SEARCHES = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024)
SERVER = ("shared_buffers", "maintenance_work_mem", "work_mem", "max_parallel_workers_per_gather")


def main() -> None:
    with scratch_shop.shop():
        began = time.perf_counter()
        shelf = fill(PRODUCTS)
        print(f"{PRODUCTS:,} products filled and indexed in {time.perf_counter() - began:.0f} s")
        print(_settings())
        rows = np.random.default_rng(1).choice(PRODUCTS, QUERIES + WARM_UP, replace=False)
        judge = Judge(shelf, rows.tolist())
        unfiltered = _tables(shelf, rows.tolist(), judge)
        _beside_faiss(shelf, rows.tolist(), judge, unfiltered)


def _tables(shelf: Shelf, rows: list[int], judge: Judge) -> Measured:
    """Ours and exact, a line for each filter; gives back ours without filter."""
    log = Log()
    lines = {
        each.name: measure(ours(shelf, each), rows, each, judge, log) for each in filters(shelf)
    }
    _print_table(f"similar_to(…, limit={LIMIT}), ms", lines)
    print(f"set within: {'; '.join(sorted(log.settings))}")
    few = rows[: EXACT_QUERIES + WARM_UP]
    exactly = {
        each.name: measure(exact(shelf, each), few, each, judge, Log()) for each in filters(shelf)
    }
    _print_table("exact scan in PostgreSQL, ms", exactly)
    return next(iter(lines.values()))


def _beside_faiss(shelf: Shelf, rows: list[int], judge: Judge, unfiltered: Measured) -> None:
    """FAISS, looking as deep as it takes to be as right as ours."""
    faiss, everything = Faiss(shelf), filters(shelf)[0]

    def asked(ef_search: int) -> Measured:
        faiss.index.hnsw.efSearch = ef_search
        return measure(faiss, rows, everything, judge, Log())

    ef_search, found = as_right_as(unfiltered, asked)
    name = f"unfiltered, efSearch {ef_search}"
    _print_table(f"FAISS {faiss.version} HNSW in process, ms", {name: found})
    print(f"built in {faiss.seconds_to_build:.0f} s; M {M}, efConstruction {EF_CONSTRUCTION}")
    print(comparison(unfiltered, found))


def as_right_as(ours: Measured, asked: Callable[[int], Measured]) -> tuple[int, Measured]:
    """The first `efSearch` at which its recall is ours, else the last; and what it measured."""
    for ef_search in EF_SEARCHES:
        found = asked(ef_search)
        if found.mean_recall >= ours.mean_recall:
            break
    return ef_search, found


def comparison(ours: Measured, faiss: Measured) -> str:
    """How many times as long ours takes, at equal recall; that FAISS does not reach it."""
    if faiss.mean_recall < ours.mean_recall:
        return (
            f"no comparison: FAISS reaches recall {faiss.mean_recall:.3f} at most, "
            f"ours {ours.mean_recall:.3f}"
        )
    return (
        f"ours / FAISS, unfiltered: {ours.median / faiss.median:.1f} in all, "
        f"{np.median(ours.sql) / faiss.median:.1f} SQL alone"
    )


def _print_table(title: str, lines: dict[str, Measured]) -> None:
    print(f"\n{title:{WIDTH}}{HEADINGS}")
    for name, measured in lines.items():
        print(measured.line(name))


def _settings() -> str:
    """Machine, versions, and what the figures rest on."""
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
    """What the active space's index was made with, as PostgreSQL has it."""
    from vrs_app import spaces

    space = spaces.active()
    assert space is not None
    name = spaces.index_name(space)
    cursor.execute("SELECT reloptions FROM pg_class WHERE relname = %s", [name])
    (options,) = cursor.fetchone()
    return f"({', '.join(options)})" if options else "with pgvector's defaults"


if __name__ == "__main__":
    main()
