#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# postgres_poll against a real PostgreSQL: rows of a join once each, late commits, rows from the future, 100,000 rows, death
# between delivery and commit, a restarted server, time limits, no writing.
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
echo "limits"
odd () { # QUERY PATTERN
  "$tool" postgres_poll "$dir/c.db" --seconds 2 connection="host=$dir user=postgres dbname=postgres" query="$1" time_column=tm \
    timeout=1s >"$dir/c.out" 2>"$dir/c.err" || true
  grep -q "$2" "$dir/c.out" "$dir/c.err" || fail "$1: no '$2'"
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
