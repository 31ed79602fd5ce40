"""One soak from first to last."""

import os
import secrets
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from django.contrib.auth.models import User

from shop.services import Addresses

from . import invariants, recovery, report, schedule
from .actors.base import Actor
from .actors.merchants import Merchant
from .actors.shoppers import Photographer, Program, Shopper
from .actors.staff import STAFF, Staff
from .browser import Browser
from .context import Scenery
from .faults import Fire
from .invariants import Inspector, check_all, check_told
from .judge import Judge
from .model_switch import Switch
from .probes import wait_until
from .processes import Household
from .report import Journal

PEOPLE: tuple[tuple[type[Actor], int], ...] = (
    (Merchant, 2),
    (Staff, 1),
    (Shopper, 3),
    (Program, 1),
    (Photographer, 1),
)
TO_BEGIN_WITH = 40
"""Products in the shop before anything breaks."""

GO_HOME = 60.0
"""Seconds that people have to end what they are at."""

HANGS = "somebody was never answered"


def run(minutes: float, seed: int, data: Path, servers: Addresses) -> Journal:
    """What was done, broken and violated. Django is set up, and its tables are made."""
    password = secrets.token_urlsafe()
    User.objects.create_superuser(STAFF, password=password)
    with Household(data, servers, os.environ) as house:
        house.open()
        scenery = Scenery(address=house.address, seed=seed, password=password)
        judge = Judge(scenery)
        people = _people(scenery, judge)
        _fill(people, seed)
        _warm_up(house, scenery)
        _say(scenery.journal, "the shop is open, and all of it is on fire")
        switch = _burn(minutes, people, house, servers, scenery)
        _inspect(house, scenery, judge, switch)
    for line in report.lines(scenery.journal):
        print(line)
    return scenery.journal


def _people(scenery: Scenery, judge: Judge) -> list[Actor]:
    return [
        kind(f"{kind.__name__.lower()}-{number}", scenery, judge)
        for kind, count in PEOPLE
        for number in range(1, count + 1)
    ]


def _fill(people: Sequence[Actor], seed: int) -> None:
    """By merchants, so that each has something to hide and delete."""
    merchants = [person for person in people if isinstance(person, Merchant)]
    bringing = schedule.steps(f"{seed} stock", {"bring": 1}, (0, 0))
    for _, merchant, step in zip(range(TO_BEGIN_WITH), cycle(merchants), bringing, strict=False):
        merchant.number += 1
        merchant.do(step)


def _warm_up(house: Household, scenery: Scenery) -> None:
    """Until all is embedded, and the photo worker has loaded its embedder."""
    recovery.settle(house, scenery.journal)
    browser = Browser(scenery.address)
    wait_until(
        lambda: invariants.search_by_photo(browser, scenery.seed).status == 200, "search by photo"
    )


def _burn(
    minutes: float,
    people: Sequence[Actor],
    house: Household,
    servers: Addresses,
    scenery: Scenery,
) -> Switch:
    """People and fire at once; at half-time the shop begins to change its embedder."""
    journal, outages = scenery.journal, scenery.outages
    switch = Switch(house, journal, outages)
    fire = Fire(house, servers.database_url, journal, outages)
    began = time.monotonic()
    try:
        for person in people:
            person.start()
        fire.burn(f"{scenery.seed} fire", began + 30 * minutes, switch.try_to_show)
        switch.begin()
        fire.burn(f"{scenery.seed} more fire", began + 60 * minutes, switch.try_to_show)
    finally:
        scenery.is_over.set()
        _send_home(people, journal)
    _say(journal, "the fire is out")
    recovery.settle(house, journal)
    return switch


def _send_home(people: Sequence[Actor], journal: Journal) -> None:
    patience = time.monotonic() + GO_HOME
    for person in people:
        if person.ident is None:
            continue  # never came, since the soak was stopped before
        person.join(max(0.0, patience - time.monotonic()))
        if person.is_alive():
            journal.accuse(HANGS, person.name)


def _inspect(house: Household, scenery: Scenery, judge: Judge, switch: Switch) -> None:
    journal, shelf = scenery.journal, scenery.shelf
    _say(journal, "it had its time to settle")
    judge.conclude()
    inspector = Inspector(journal)
    check_told(inspector, shelf, journal)
    recovery.mend(journal)
    recovery.settle(house, journal)
    switch.require()
    recovery.look_again(journal)
    check_all(inspector, shelf, journal)
    invariants.look(scenery, judge)
    judge.conclude()
    _say(journal, "all was looked at")


def _say(journal: Journal, what: str) -> None:
    seconds = time.monotonic() - journal.began
    print(f"[{seconds:6.1f} s] {what}; violations so far: {len(journal.violations)}", flush=True)
