#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# nats against a real server with JetStream: we and the server are killed at every kind of point, and each message is there once,
# equal ones too; a stream that is made anew; alarms.
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/live/live.sh"
live_begin
PATH=$PATH:/usr/sbin
export PYTHONDONTWRITEBYTECODE=1
port=$(live_free_port)
cat >"$work/server.conf" <<CONF
listen: "127.0.0.1:$port"
jetstream { store_dir: "$work/store" }
CONF
server_start () {
  live_start nats-server -c "$work/server.conf"
  server=$live_pid
  live_until live_port_open "$port"
}
client () { /usr/bin/python3 "$srcdir/tests/live/nats_client.py" "$port" "$@"; }
make_stream () { echo '{"name":"STATIONS","subjects":["stations.>"],"storage":"file"}' | client '$JS.API.STREAM.CREATE.STATIONS'; }
feed=("url=nats://127.0.0.1:$port" stream=STATIONS consumer=board retry=1s redeliver=2s)
summary () { live_sql "$work/a.db" "SELECT count(*), count(DISTINCT text), sum(text = CAST('moored' AS BLOB)) FROM message"; }

# Without the stream there is an alarm that ends when it is made.
server_start
live_tool_start stream nats "$work/a.db" "${feed[@]}" --until 1
first=$live_pid
live_until grep -q 'alarm nats_refused: stream STATIONS: stream not found' "$work/stream.log"
live_until make_stream
echo first | client stations.1
wait "$first" || live_fail "the tool failed"
grep -q 'over nats_refused' "$work/stream.log" || live_fail "the alarm did not end"

# Killed with messages uncommitted, and with messages committed and unconfirmed.
for number in $(seq 300); do echo "number $number"; echo moored; done | client stations.2
for round in 3 17 20 1 9; do
  live_status=9 live_tool uncommitted nats "$work/a.db" "${feed[@]}" --room 25 --die-before-commit "$round"
  live_status=9 live_tool unconfirmed nats "$work/a.db" "${feed[@]}" --room 25 --die-before-ack "$round"
done
live_tool rest nats "$work/a.db" "${feed[@]}" --until 601
live_says "messages after kills" '601|302|300' "$(summary)"

# The server is killed and started again while messages are under way.
for number in $(seq 400); do echo "second $number"; echo moored; done | client stations.3
holds_more_than () { [ "$(live_sql "$work/a.db" 'SELECT count(*) FROM message')" -gt "$1" ]; }
alarms_are () { [ "$(grep -c 'alarm connection_lost' "$work/restarts.log")" = "$1" ]; }
live_tool_start restarts nats "$work/a.db" "${feed[@]}" --room 5 --commit-ms 20 --until 1401
restarts=$live_pid
for round in 1 2; do
  live_until holds_more_than $((601 + round * 150))
  live_stop "$server" KILL
  live_until alarms_are "$round"
  server_start
done
wait "$restarts" || live_fail "the tool failed"
live_says "messages after restarts of the server" '1401|702|700' "$(summary)"
grep -q 'over connection_lost' "$work/restarts.log" || live_fail "the alarm did not end"

# A stream that is made anew counts from 1 again: its messages are others.
echo | client '$JS.API.STREAM.DELETE.STATIONS'
make_stream
echo first | client stations.1
live_tool anew nats "$work/a.db" "${feed[@]}" --until 1402
live_says "messages of the stream made anew" '1402|702|700' "$(summary)"

# A journal so slow that messages are sent again before they are confirmed: many come twice, each is there once.
for number in $(seq 200); do echo "slow $number"; done | client stations.4
live_tool slow nats "$work/a.db" "url=nats://127.0.0.1:$port" stream=STATIONS consumer=board retry=1s redeliver=1s --room 10 --commit-ms 100 \
  --until 1602
live_says "messages of a slow journal" '1602|902|700' "$(summary)"
[ "$(live_sql "$work/a.db" "SELECT count FROM seen WHERE name = 'duplicates'")" -gt 0 ] || live_fail "no message was sent twice: nothing was slow"

# A message of many bytes, one that looks like the end of a request, and a subject that is no text.
head -c 1000000 /dev/zero | tr '\0' x | client stations.5
echo | client stations.6 Status:404
echo odd | client "$(printf 'stations.\xe6\x9d7')"
live_tool odd nats "$work/a.db" "${feed[@]}" --until 1605
live_says "odd messages" 'stations.:3,stations.5:1000000,stations.6:0' "$(live_sql "$work/a.db" \
  "SELECT group_concat(what) FROM (SELECT source || ':' || length AS what FROM message WHERE number > 1602 ORDER BY source)")"

# Nobody at home; a password in the address.
live_tool_until 'alarm connection_lost' nobody nats "$work/b.db" "url=nats://127.0.0.1:$(live_free_port)" stream=STATIONS
live_status=1 live_tool in_url nats "$work/b.db" "url=nats://officer:opensesame@127.0.0.1" stream=STATIONS
grep -q secret_file "$work/in_url.err" || live_fail "a password in the url was taken"

# Secrets.
live_stop "$server" TERM
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$work/key.pem" -out "$work/certificate.pem" >"$work/openssl.log" 2>&1
echo 'authorization { user: officer, password: opensesame }' >>"$work/server.conf"
server_start
printf 'user=officer\npassword=opensesame\n' >"$work/secret"
chmod 600 "$work/secret"
echo second | client stations.1 officer opensesame
live_tool secret nats "$work/a.db" "${feed[@]}" "secret_file=$work/secret" --until 1606
live_tool_until 'alarm nats_refused' no_secret nats "$work/a.db" "${feed[@]}"

# TLS: the right certificate, one that nobody trusts, and one for another name.
live_stop "$server" TERM
printf 'tls { cert_file: "%s", key_file: "%s" }\n' "$work/certificate.pem" "$work/key.pem" >>"$work/server.conf"
server_start
secure=(stream=STATIONS consumer=seal retry=1s "secret_file=$work/secret")
live_tool tls nats "$work/c.db" "url=tls://localhost:$port" "${secure[@]}" "ca_file=$work/certificate.pem" --until 205
live_says "messages through TLS" 205 "$(live_sql "$work/c.db" 'SELECT count(*) FROM message')"
live_tool_until 'alarm connection_lost' untrusted nats "$work/d.db" "url=tls://localhost:$port" "${secure[@]}"
live_tool_until 'alarm connection_lost' other_name nats "$work/d.db" "url=tls://127.0.0.1:$port" "${secure[@]}" "ca_file=$work/certificate.pem"
live_says "through wrong certificates" 0 "$(live_sql "$work/d.db" 'SELECT count(*) FROM message')"
live_stop "$server" TERM
