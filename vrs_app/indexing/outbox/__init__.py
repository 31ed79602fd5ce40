"""The outbox: saves append what may have changed, workers drain it.

A save cannot compare a product with its rows: relations, translations and the saves of others
are not there yet. So it appends a row, in its own transaction, and a worker compares what was
committed. See the transactional outbox pattern.
"""
