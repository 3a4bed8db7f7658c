#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# postgres_poll against a real PostgreSQL: rows of a join once each, late commits, rows from the future, 100,000 rows, death
# between delivery and commit, a restarted server, values that come back, rows without a time, time limits, no writing.
set -eu
pg=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
if [ -z "$pg" ] || [ ! -e "$builddir/modules/.libs/postgres_poll.so" ]; then
  echo "skipped: PostgreSQL's server or libpq is not installed"
  exit 77
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/pgpoll.XXXXXX")
as=()
if [ "$(id -u)" = 0 ]; then
  as=(runuser -u postgres --)
  chown postgres "$dir"
fi
tool="$builddir/tests/live/transport_tool"
running=
server () { (cd "$dir" && "${as[@]}" "$pg/pg_ctl" -s -w -D "$dir/data" -l "$dir/server.log" "$@"); }
finish () {
  if [ -n "$running" ]; then kill "$running" 2>/dev/null || true; wait "$running" 2>/dev/null || true; fi
  server -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap finish EXIT
fail () { echo "FAILED: $*" >&2; tail -n 5 "$dir"/*.out "$dir"/*.err >&2 2>/dev/null || true; exit 1; }
sql () { "${as[@]}" "$pg/psql" -q -X -At -v ON_ERROR_STOP=1 -h "$dir" -U postgres -d postgres "$@"; }
held () { sqlite3 -cmd '.timeout 10000' "$1" "$2"; }
# wait_for FILE PATTERN: until a line says it
wait_for () {
  local i
  for i in $(seq 300); do
    if grep -q -- "$2" "$1" 2>/dev/null; then return 0; fi
    sleep 0.1
  done
  fail "no '$2' in $1"
}
wait_held () { # DATABASE SQL VALUE
  local i
  for i in $(seq 300); do
    if [ "$(held "$1" "$2" 2>/dev/null)" = "$3" ]; then return 0; fi
    sleep 0.1
  done
  fail "$2 gives '$(held "$1" "$2")', not '$3'"
}

"${as[@]}" "$pg/initdb" -D "$dir/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >/dev/null
cat >"$dir/more.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
fsync = off
CONF
cat "$dir/more.conf" | "${as[@]}" tee -a "$dir/data/postgresql.conf" >/dev/null
server start

sql <<'SQL'
CREATE TABLE st_stbprp_b (stcd char(8) PRIMARY KEY, stnm varchar(30), lgtd numeric(10,6), lttd numeric(10,6));
CREATE TABLE st_rsvr_r (stcd char(8), tm timestamp, rz numeric(7,3), inq numeric(9,3), w numeric(9,3), otq numeric(9,3), PRIMARY KEY (stcd, tm));
CREATE INDEX ON st_rsvr_r (tm);
INSERT INTO st_stbprp_b VALUES ('4601', '松涛', 109.553, 19.412), ('4602', '大广坝', 108.979444, 19.019444);
INSERT INTO st_rsvr_r SELECT '4601', date_trunc('minute', localtimestamp) - interval '10 min' * i, 188.26, 120.5, 2345.678, NULL FROM generate_series(1, 3) i;
INSERT INTO st_rsvr_r SELECT '4602', date_trunc('minute', localtimestamp) - interval '10 min' * i, 139.5, 0, 1400, 12 FROM generate_series(1, 3) i;
CREATE TABLE big (id int, tm timestamptz, v float8);
CREATE INDEX ON big (tm);
SQL
zone=$(sql -c 'SHOW TimeZone')
join="SELECT r.stcd, b.stnm, b.lgtd, r.tm, r.rz, r.inq, r.w, r.otq FROM st_rsvr_r r JOIN st_stbprp_b b ON b.stcd = r.stcd"
# To be run in a subshell or in the background: the tool takes its place, so that $! is the tool.
reader () { # DATABASE OUT [OPTION]...
  local db=$1 out=$2
  shift 2
  exec "$tool" postgres_poll "$db" "$@" connection="host=$dir user=postgres dbname=postgres" query="$join" time_column=tm \
    key_columns=stcd every=1s overlap=1h zone="$zone" retry=1s >"$dir/$out.out" 2>"$dir/$out.err"
}

echo "rows of a join, once each"
(reader "$dir/a.db" a --until 6 --seconds 30)
[ "$(held "$dir/a.db" 'SELECT count(*) FROM message')" = 6 ] || fail "six rows"
held "$dir/a.db" 'SELECT text FROM message ORDER BY number DESC LIMIT 1' | /usr/bin/python3 -c '
import json, sys
row = json.load(sys.stdin)
assert row["stcd"].strip() == "4602" and row["stnm"] == "大广坝" and row["w"] == 1400 and row["otq"] == 12, row'
(reader "$dir/a.db" a2 --seconds 3)
[ "$(held "$dir/a.db" 'SELECT count(*) FROM message')" = 6 ] || fail "a second run delivered rows again"

echo "late commits, changed rows, rows from the future"
reader "$dir/a.db" a3 --seconds 60 &
running=$!
mkfifo "$dir/late"
sql <"$dir/late" >"$dir/late.out" 2>&1 &
late=$!
exec 9>"$dir/late"
echo "BEGIN; INSERT INTO st_rsvr_r VALUES ('4601', date_trunc('minute', localtimestamp) - interval '25 min', 1, 1, 1, 1);" >&9
echo "SELECT 'written';" >&9
wait_for "$dir/late.out" written
sql -c "INSERT INTO st_rsvr_r VALUES ('4602', date_trunc('minute', localtimestamp) - interval '5 min', 2, 2, 2, 2)"
wait_held "$dir/a.db" 'SELECT count(*) FROM message' 7
echo "COMMIT;" >&9
exec 9>&-
wait "$late"
wait_held "$dir/a.db" 'SELECT count(*) FROM message' 8
sql -c "UPDATE st_rsvr_r SET rz = 3 WHERE rz = 2"
wait_held "$dir/a.db" 'SELECT count(*) FROM message' 9
sql -c "INSERT INTO st_rsvr_r VALUES ('4602', date_trunc('minute', localtimestamp) + interval '10 years', 4, 4, 4, 4)"
wait_held "$dir/a.db" 'SELECT count(*) FROM message' 10
sql -c "INSERT INTO st_rsvr_r VALUES ('4602', date_trunc('minute', localtimestamp), 5, 5, 5, 5)"
wait_held "$dir/a.db" 'SELECT count(*) FROM message' 11

echo "the server goes and comes back"
server -m immediate stop
wait_for "$dir/a3.out" 'alarm database_lost'
server start
wait_for "$dir/a3.out" 'over database_lost'
sql -c "INSERT INTO st_rsvr_r VALUES ('4601', date_trunc('minute', localtimestamp), 6, 6, 6, 6)"
wait_held "$dir/a.db" 'SELECT count(*) FROM message' 12
kill "$running"
wait "$running" || true
running=
# What was not known from memory came as a duplicate and was dropped by its identity.
[ "$(held "$dir/a.db" 'SELECT count(*) = count(DISTINCT identity) FROM message')" = 1 ] || fail "identities"

echo "100,000 rows, killed three times between delivery and commit, the server restarted once"
sql -c "INSERT INTO big SELECT i, now() - interval '2 days' + interval '1 s' * (i / 3), i * 0.25 FROM generate_series(1, 100000) i"
big () { # OUT [OPTION]...
  local out=$1
  shift
  exec "$tool" postgres_poll "$dir/b.db" "$@" connection="host=$dir user=postgres dbname=postgres" query="SELECT * FROM big" \
    time_column=tm every=1s overlap=10min retry=1s batch=5000 >"$dir/$out.out" 2>"$dir/$out.err"
}
for n in 20001 30000 1; do
  (big "b$n" --die-before-commit $n --commit-ms 200) && fail "it did not die" || [ $? = 9 ] || fail "it died of something else"
done
big b --until 100000 --seconds 100 --room 20000 &
running=$!
wait_for "$dir/b.out" committed
server -m fast restart
wait "$running" || true
running=
[ "$(held "$dir/b.db" 'SELECT count(*), count(DISTINCT text), count(DISTINCT identity) FROM message')" = '100000|100000|100000' ] ||
  fail "100,000 rows: $(held "$dir/b.db" 'SELECT count(*), count(DISTINCT text) FROM message')"

/usr/bin/python3 - "$dir/b.out" <<"PY"
import sys
lines = [line.split(" ", 1) for line in open(sys.argv[1])]
first = next(int(t) for t, what in lines if what.startswith("delivered"))
last = [int(t) for t, what in lines if what.startswith("delivered")][-1]
print("  %d deliveries in %d ms; the server restarted among them: %s" % (sum(w.startswith("delivered") for t, w in lines), last - first, any("database_lost" in w for t, w in lines)))
PY
echo "values that come back: in one process, over restarts, and killed at each point of each step"
sql <<'SQL'
CREATE TABLE gauge (stcd text, tm timestamp, z text, PRIMARY KEY (stcd, tm));
INSERT INTO gauge VALUES ('4601', date_trunc('minute', localtimestamp) - interval '5 min', 'A');
SQL
gauge () { # DATABASE OUT [OPTION]...
  local db=$1 out=$2
  shift 2
  exec "$tool" postgres_poll "$db" "$@" connection="host=$dir user=postgres dbname=postgres" query="SELECT * FROM gauge" \
    time_column=tm key_columns=stcd every=1s zone="$zone" retry=1s >"$dir/$out.out" 2>"$dir/$out.err"
}
values () { held "$1" "SELECT group_concat(json_extract(text, '$.z'), '') FROM (SELECT text FROM message ORDER BY number)"; }
dies () { # DATABASE OUT OPTION...
  local status=0
  (gauge "$@") || status=$?
  [ "$status" = 9 ] || fail "it did not die: $*"
}
become () { sql -c "UPDATE gauge SET z = '$1'"; }
gauge "$dir/v.db" v --seconds 60 &
running=$!
wait_held "$dir/v.db" 'SELECT count(*) FROM message' 1
said=A
for value in B A B A C A; do
  become $value
  said=$said$value
  wait_held "$dir/v.db" 'SELECT count(*) FROM message' ${#said}
done
kill "$running"
wait "$running" || true
running=
[ "$(values "$dir/v.db")" = "$said" ] || fail "values of one process: $(values "$dir/v.db"), not $said"
# A room of one: the memory of the row is committed, and the process dies with the row itself delivered and not committed.
become A
for value in A B A B B A; do
  become $value
  dies "$dir/w.db" w1 --die-before-commit 1
  dies "$dir/w.db" w2 --room 1 --die-before-commit 1
  dies "$dir/w.db" w3 --die-before-ack 1
  (gauge "$dir/w.db" w4 --seconds 2)
done
[ "$(values "$dir/w.db")" = ABABA ] || fail "values over kills: $(values "$dir/w.db"), not ABABA"
# The memory of a content that was never delivered harms nothing: the row is back at A before it could be.
(gauge "$dir/x.db" x1 --until 1)
become B
dies "$dir/x.db" x2 --room 1 --die-before-commit 1
[ "$(held "$dir/x.db" "SELECT count(*) FROM memory WHERE value LIKE '1 %'")" = 1 ] || fail "nothing was remembered before the row"
become A
(gauge "$dir/x.db" x3 --until 2)
become B
(gauge "$dir/x.db" x4 --until 3)
[ "$(values "$dir/x.db")" = AAB ] || fail "values after one that was never delivered: $(values "$dir/x.db")"

echo "a value that comes back while a connection breaks in the middle of a reading"
# 40 MB behind the row, taken a few rows at a time: the connection is broken after the row came and long before the reading ends.
sql -c "INSERT INTO gauge SELECT '5001', max(tm) - interval '5 min', 'A' FROM gauge"
gauge "$dir/y.db" y --room 6 --seconds 60 &
running=$!
of_5001="SELECT group_concat(json_extract(text, '$.z'), '') FROM (SELECT text FROM message WHERE identity LIKE '%|5001|%' ORDER BY number)"
wait_held "$dir/y.db" "$of_5001" A
sql -c "BEGIN; UPDATE gauge SET z = 'B' WHERE stcd = '5001';
  INSERT INTO gauge SELECT 'f' || i, (SELECT max(tm) FROM gauge), repeat('x', 20000) FROM generate_series(1, 2000) i; COMMIT"
wait_held "$dir/y.db" "$of_5001" AB
sql -c "BEGIN; UPDATE gauge SET z = 'A' WHERE stcd = '5001'; DELETE FROM gauge WHERE stcd LIKE 'f%'; COMMIT"
sql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sanfang'" >"$dir/ended.out"
wait_for "$dir/y.out" 'alarm database_lost'
wait_held "$dir/y.db" "$of_5001" ABA
kill "$running"
wait "$running" || true
running=

echo "rows without a time, and keys that do not tell rows apart, are named"
sql <<'SQL'
CREATE TABLE odd (stcd text, tm timestamptz, z int);
INSERT INTO odd VALUES ('4601', now(), 1), ('4602', NULL, 2), ('4603', NULL, 3);
INSERT INTO odd SELECT '4604', (SELECT max(tm) FROM odd), i FROM generate_series(4, 6) i;
SQL
"$tool" postgres_poll "$dir/o.db" connection="host=$dir user=postgres dbname=postgres" query='SELECT * FROM odd' time_column=tm \
  key_columns=stcd every=1s --seconds 60 >"$dir/o.out" 2>"$dir/o.err" &
running=$!
wait_for "$dir/o.out" "alarm rows_without_time: 2 rows have no tm, among them the one with keys '4602'"
wait_for "$dir/o.out" "alarm keys_not_unique: several rows have the time .* and the keys '4604'"
wait_held "$dir/o.db" 'SELECT count(*) FROM message' 6
sql -c "DELETE FROM odd WHERE z IN (5, 6); UPDATE odd SET tm = now() WHERE z = 2; DELETE FROM odd WHERE z = 3"
wait_for "$dir/o.out" 'over rows_without_time'
wait_for "$dir/o.out" 'over keys_not_unique'
wait_held "$dir/o.db" 'SELECT count(*) FROM message' 7
kill "$running"
wait "$running" || true
running=

echo "a reading that is broken off does not lead the cursor back"
sql -c "CREATE TABLE slow (id int, tm timestamptz); INSERT INTO slow SELECT i, now() - interval '1 min' * i FROM generate_series(1, 50) i"
slow () { # OUT QUERY [OPTION]...
  local out=$1 query=$2
  shift 2
  exec "$tool" postgres_poll "$dir/s.db" "$@" connection="host=$dir user=postgres dbname=postgres" query="$query" time_column=tm \
    key_columns=id every=1s overlap=1d zone=UTC >"$dir/$out.out" 2>"$dir/$out.err"
}
# until_said OUT PATTERN COMMAND...: run it until it says so.
until_said () {
  local out=$1 pattern=$2
  shift 2
  "$@" &
  running=$!
  wait_for "$dir/$out.out" "$pattern"
  kill "$running" 2>/dev/null || true # it may end by itself
  wait "$running" || true
  running=
}
(slow s1 'SELECT * FROM slow' --until 50)
newest=$(held "$dir/s.db" "SELECT value FROM memory WHERE key = 'time'")
[ -n "$newest" ] || fail "no cursor"
until_said s2 'alarm query_failed: .*division by zero' slow s2 'SELECT id, tm, 1 / (id - 25) AS v FROM slow'
[ "$(held "$dir/s.db" "SELECT value FROM memory WHERE key = 'time'")" = "$newest" ] || fail "the cursor went back"

echo "the zone of a timestamp without one is what was said, whatever the server and the environment say"
sql -c "ALTER DATABASE postgres SET TimeZone = 'America/New_York'; ALTER DATABASE postgres SET DateStyle = 'German'"
zoned () { # OUT ZONE [OPTION]...: one row whose time is now in Beijing, and in the zone it is taken for
  local out=$1 zone=$2
  shift 2
  exec "$tool" postgres_poll "$dir/$out.db" "$@" connection="host=$dir user=postgres dbname=postgres" time_column=tm key_columns=id \
    query="SELECT 1 AS id, date_trunc('second', now() AT TIME ZONE 'Asia/Shanghai') AS tm, now() AS at" zone="$zone" >"$dir/$out.out" 2>"$dir/$out.err"
}
future () { held "$dir/$1.db" "SELECT coalesce(sum(count), 0) FROM seen WHERE name = 'future_rows'"; }
(zoned z1 Asia/Shanghai --until 1)
[ "$(held "$dir/z1.db" 'SELECT count(*) FROM message')" -gt 0 ] && [ "$(future z1)" = 0 ] || fail "Beijing time taken for a future one"
held "$dir/z1.db" "SELECT json_extract(text, '$.at') FROM message LIMIT 1" | grep -q '^20[0-9-]*T[0-9:.]*+08:00$' || fail "a time in the zone of the server"
(zoned z2 UTC --until 1)
[ "$(future z2)" -gt 0 ] || fail "eight hours ahead and not told"
PGTZ=UTC until_said z3 'alarm database_lost: .*TimeZone UTC and DateStyle ISO.* instead of Asia/Shanghai' zoned z3 Asia/Shanghai
PGDATESTYLE=German until_said z4 'alarm database_lost: .*DateStyle German' zoned z4 asia/shanghai
sql -c "ALTER DATABASE postgres RESET ALL"

echo "limits"
# An inlet that has room for few at a time, and deaths: between a row and the place behind it, each row is there once.
sql -c "TRUNCATE big; INSERT INTO big SELECT i, now() - interval '1 s' * (1000 - i / 3), i FROM generate_series(1, 3000) i"
narrow () { # OPTION...
  "$tool" postgres_poll "$dir/n.db" "$@" connection="host=$dir user=postgres dbname=postgres" query='SELECT * FROM big' \
    time_column=tm key_columns=id every=1s overlap=5min >"$dir/n.out" 2>"$dir/n.err"
}
narrow --room 7 --commit-ms 5 --die-before-commit 300 --seconds 20 || true
narrow --room 3 --commit-ms 2 --die-before-ack 100 --seconds 20 || true
narrow --room 50 --commit-ms 2 --until 3000 --seconds 40
[ "$(held "$dir/n.db" 'SELECT count(*), count(DISTINCT text) FROM message')" = '3000|3000' ] || fail "rows were lost or doubled at an inlet without room"
if grep -q ' failed: \| alarm ' "$dir/n.out"; then fail "an inlet without room is no failure"; fi

ask () { # QUERY
  exec "$tool" postgres_poll "$dir/c.db" connection="host=$dir user=postgres dbname=postgres" query="$1" time_column=tm \
    timeout=1s >"$dir/c.out" 2>&1
}
odd () { # QUERY PATTERN
  rm -f "$dir/c.out"
  until_said c "$2" ask "$1"
}
sql -c "CREATE FUNCTION put() RETURNS int LANGUAGE sql AS 'INSERT INTO big VALUES (0, now(), 0) RETURNING id'"
odd 'SELECT now() AS tm, pg_sleep(10)::text' 'alarm query_failed: .*statement timeout'
odd 'SELECT now() AS tm, put()' 'alarm query_failed: .*read-only transaction'
odd 'SELECT now() AS when' 'alarm query_failed: .*tm'
odd 'SELECT now() AS tm;' "without ';'"
if "$tool" postgres_poll "$dir/c.db" connection="dbname=x password=secret" query="SELECT 1" time_column=tm >"$dir/c.out" 2>&1; then
  fail "a password in the connection was taken"
fi
grep -q 'secret_file' "$dir/c.out" || fail "the password was refused in other words"
if "$tool" postgres_poll "$dir/c.db" connection="dbname=x password=hush hush" query="SELECT 1" time_column=tm >"$dir/c.out" 2>&1; then
  fail "a connection that is none was taken"
fi
if grep -q hush "$dir/c.out"; then fail "a connection that cannot be read shows its password"; fi
echo "OK"
