"""The rooms of `benchmarks.soak`: a shop on fire, and whether it kept its promises.

`household` runs the shop's processes and can kill each; `actors` do what people do, by
`plan`; `fire` breaks things meanwhile; `settling` waits until all is quiet again;
`invariants` then looks at every product, and `report` tells.
"""
