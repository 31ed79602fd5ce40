"""The whole soak: start, fill, inject faults, wait for recovery, check."""

import os
import secrets
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from django.contrib.auth.models import User

from shop.services import Addresses

from . import invariants, recovery, schedule
from .actors.base import Actor
from .actors.merchants import Merchant
from .actors.shoppers import ApiClient, Photographer, Shopper
from .actors.staff import STAFF, Staff
from .browser import Browser
from .context import SoakContext
from .faults import FaultInjector
from .invariants import Inspector, check_all, check_signalled
from .judge import Judge
from .model_switch import ModelSwitch
from .probes import wait_until
from .processes import ShopProcesses
from .report import Report, table

ACTORS: tuple[tuple[type[Actor], int], ...] = (
    (Merchant, 2),
    (Staff, 1),
    (Shopper, 3),
    (ApiClient, 1),
    (Photographer, 1),
)
INITIAL_PRODUCTS = 40
"""Products in the shop before the first fault."""

JOIN_SECONDS = 60.0
"""Seconds that actors have to end their last action."""

HUNG = "a request was never answered"


def run(minutes: float, seed: int, data: Path, servers: Addresses) -> Report:
    """Run the soak, print its table and return its report. Needs Django set up and migrated."""
    password = secrets.token_urlsafe()
    User.objects.create_superuser(STAFF, password=password)
    with ShopProcesses(data, servers, os.environ) as processes:
        processes.open()
        context = SoakContext(address=processes.address, seed=seed, password=password)
        judge = Judge(context)
        actors = _create_actors(context, judge)
        _fill(actors, seed)
        _warm_up(processes, context)
        _print_progress(context.report, "the shop is open, faults begin")
        switch = _inject_faults(minutes, actors, processes, servers, context)
        _check(processes, context, judge, switch)
    for line in table(context.report):
        print(line)
    return context.report


def _create_actors(context: SoakContext, judge: Judge) -> list[Actor]:
    return [
        kind(f"{kind.__name__.lower()}-{number}", context, judge)
        for kind, count in ACTORS
        for number in range(1, count + 1)
    ]


def _fill(actors: Sequence[Actor], seed: int) -> None:
    """Products of each merchant, who hides and deletes only its own."""
    merchants = [actor for actor in actors if isinstance(actor, Merchant)]
    steps = schedule.steps(f"{seed} stock", {"create": 1}, (0, 0))
    for _, merchant, step in zip(range(INITIAL_PRODUCTS), cycle(merchants), steps, strict=False):
        merchant.number += 1
        merchant.perform(step)


def _warm_up(processes: ShopProcesses, context: SoakContext) -> None:
    """Wait until everything is embedded and the photo worker has loaded its embedder."""
    recovery.wait_until_idle(processes, context.report)
    browser = Browser(context.address)
    wait_until(
        lambda: invariants.search_by_photo(browser, context.seed).status == 200, "search by photo"
    )


def _inject_faults(
    minutes: float,
    actors: Sequence[Actor],
    processes: ShopProcesses,
    servers: Addresses,
    context: SoakContext,
) -> ModelSwitch:
    """Run actors and faults at once; at half-time begin to change the embedder."""
    report, outages = context.report, context.outages
    switch = ModelSwitch(processes, report, outages)
    injector = FaultInjector(processes, servers.database_url, report, outages)
    began = time.monotonic()
    try:
        for actor in actors:
            actor.start()
        injector.run(f"{context.seed} fire", began + 30 * minutes, switch.try_to_activate)
        switch.begin()
        injector.run(f"{context.seed} more fire", began + 60 * minutes, switch.try_to_activate)
    finally:
        context.is_over.set()
        _join(actors, report)
    _print_progress(report, "faults end")
    recovery.wait_until_idle(processes, report)
    return switch


def _join(actors: Sequence[Actor], report: Report) -> None:
    deadline = time.monotonic() + JOIN_SECONDS
    for actor in actors:
        if actor.ident is None:
            continue  # never started, since the soak was stopped before
        actor.join(max(0.0, deadline - time.monotonic()))
        if actor.is_alive():
            report.add_violation(HUNG, actor.name)


def _check(
    processes: ShopProcesses, context: SoakContext, judge: Judge, switch: ModelSwitch
) -> None:
    report, catalogue = context.report, context.catalogue
    _print_progress(report, "recovered")
    judge.judge_failures()
    inspector = Inspector(report)
    check_signalled(inspector, catalogue, report)
    recovery.reconcile_and_requeue(report)
    recovery.wait_until_idle(processes, report)
    switch.require_active()
    recovery.check_second_reconcile(report)
    check_all(inspector, catalogue, report)
    invariants.check_pages(context, judge)
    judge.judge_failures()
    _print_progress(report, "all was checked")


def _print_progress(report: Report, what: str) -> None:
    seconds = time.monotonic() - report.began
    print(f"[{seconds:6.1f} s] {what}; violations so far: {len(report.violations)}", flush=True)
