"""The soak: the demo shop in use while faults are injected, and a check of its promises.

`run` is the whole of it. `processes` starts and kills the shop's processes; `actors` use the
shop, by a seeded `schedule`; `faults` injects faults meanwhile; `recovery` waits until nothing
is pending; `invariants` checks every product, `judge` every answer; `report` has the result.
"""
