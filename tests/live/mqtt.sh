#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mqtt against a real broker: nothing is confirmed before it is held; we and the broker are stopped at every kind of point, and
# each message is there once, equal ones too; alarms of a broker that refuses or is gone; TLS.
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/live/live.sh"
live_begin
PATH=$PATH:/usr/sbin
export MALLOC_ARENA_MAX=2
port=$(live_free_port)
tls_port=$(live_free_port)
secret_port=$(live_free_port)

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$work/key.pem" -out "$work/certificate.pem" >"$work/openssl.log" 2>&1
touch "$work/passwords"
mosquitto_passwd -b "$work/passwords" officer 'opensesame' 2>/dev/null
cat >"$work/broker.conf" <<CONF
$([ "$(id -u)" != 0 ] || echo user root)
per_listener_settings true
persistence true
persistence_location $work/
autosave_on_changes true
autosave_interval 1
max_inflight_messages 20
max_queued_messages 100000
listener $port 127.0.0.1
allow_anonymous true
listener $tls_port 127.0.0.1
allow_anonymous true
certfile $work/certificate.pem
keyfile $work/key.pem
listener $secret_port 127.0.0.1
allow_anonymous false
password_file $work/passwords
CONF

broker_start () {
  live_start mosquitto -v -c "$work/broker.conf"
  broker=$live_pid
  live_until live_port_open "$port"
}
# Both arguments as text: what is published, and how many of each there must be in the end.
publish () { mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -t "$1" -l; }
feed=(host=127.0.0.1 "port=$port" 'topics=stations/#' client_id=board retry=1s)

broker_start
# subscribe NAME DATABASE SETTING...: until the broker has confirmed it.
is_subscribed () { [ "$(live_sql "$1" "SELECT count(*) FROM memory WHERE key = 'subscription'")" = 1 ]; }
subscribe () {
  local name=$1 database=$2
  shift 2
  live_tool_start "$name" mqtt "$database" "$@"
  live_until is_subscribed "$database"
  live_stop "$live_pid" TERM
}
subscribe subscribe "$work/a.db" "${feed[@]}"
live_says "the subscription is remembered" '1 stations/#' \
  "$(live_sql "$work/a.db" "SELECT trim(value, char(10)) FROM memory WHERE key = 'subscription'")"

# No confirmation leaves before the acknowledgement, which comes a second after the commit.
echo one | publish stations/1
live_tool_start slow mqtt "$work/a.db" "${feed[@]}" --ack-after 1000 --until 1
slow=$live_pid
live_until grep -q committed.1 "$work/slow.log"
sleep 0.3
if grep -q 'Received PUBACK from board' "$work/server.log"; then live_fail "confirmed before it was acknowledged"; fi
wait "$slow" || live_fail "the tool failed"
live_until grep -q 'Received PUBACK from board' "$work/server.log"

# Killed with messages uncommitted, then with messages committed and unconfirmed, again and again: 300 different and 300 equal.
for number in $(seq 300); do echo "number $number"; echo moored; done | publish stations/2
for round in 3 17 20 11 1 20 7 19 20 2; do
  live_status=9 live_tool uncommitted mqtt "$work/a.db" "${feed[@]}" --room 25 --die-before-commit "$round"
  live_status=9 live_tool unconfirmed mqtt "$work/a.db" "${feed[@]}" --room 25 --die-before-ack "$round"
done
live_tool rest mqtt "$work/a.db" "${feed[@]}" --until 601
live_says "messages after kills" '601|302|300' "$(live_sql "$work/a.db" \
  "SELECT count(*), count(DISTINCT text), sum(text = CAST('moored' AS BLOB)) FROM message")"
redelivered=$(live_sql "$work/a.db" "SELECT count FROM seen WHERE name = 'redelivered'")
[ "$redelivered" -gt 0 ] || live_fail "no message was sent twice: the kills tested nothing"

# The broker is stopped and started again while messages are under way.
for number in $(seq 400); do echo "second $number"; echo moored; done | publish stations/3
holds_more_than () { [ "$(live_sql "$work/a.db" 'SELECT count(*) FROM message')" -gt "$1" ]; }
alarms_are () { [ "$(grep -c 'alarm connection_lost' "$work/restarts.log")" = "$1" ]; }
live_tool_start restarts mqtt "$work/a.db" "${feed[@]}" --room 15 --commit-ms 30 --until 1401
restarts=$live_pid
for round in 1 2 3; do
  live_until holds_more_than $((601 + round * 150))
  live_stop "$broker" TERM
  live_until alarms_are "$round"
  broker_start
done
wait "$restarts" || live_fail "the tool failed"
live_says "messages after restarts of the broker" '1401|702|700' "$(live_sql "$work/a.db" \
  "SELECT count(*), count(DISTINCT text), sum(text = CAST('moored' AS BLOB)) FROM message")"
grep -q 'over connection_lost' "$work/restarts.log" || live_fail "the alarm did not end"

# No room: what was read waits, nothing is confirmed or lost, order is kept.
for number in $(seq 200); do echo "third $number"; done | publish stations/4
live_tool room mqtt "$work/a.db" "${feed[@]}" --room 3 --until 1601
live_says "messages without room" 200 "$(live_sql "$work/a.db" \
  "SELECT count(*) FROM message WHERE source = 'stations/4' AND text = CAST('third ' || (number - 1401) AS BLOB)")"

# Settings that no longer name a topic end its subscription; retained messages come once.
mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -r -t notices/1 -m kept
live_tool topics mqtt "$work/a.db" host=127.0.0.1 "port=$port" topics=notices/# client_id=board --until 1602
echo unheard | publish stations/5
live_tool topics_again mqtt "$work/a.db" host=127.0.0.1 "port=$port" 'topics=notices/#, other' client_id=board --seconds 1
live_says "messages after another subscription" '1602|kept' \
  "$(live_sql "$work/a.db" "SELECT count(*), max(CASE source WHEN 'notices/1' THEN text END) FROM message")"

# Messages of all qualities come, one of ten million bytes, one without any and one that is no text; a retained one that is
# taken back leaves what it said.
head -c 10000000 /dev/zero | tr '\0' x >"$work/large"
printf 'half of \xe6\x9d' >"$work/half"
odd=(host=127.0.0.1 "port=$port" 'topics=odd/#' client_id=odd retry=1s)
subscribe odd_begin "$work/o.db" "${odd[@]}"
for quality in 0 1 2; do mosquitto_pub -h 127.0.0.1 -p "$port" -q $quality -t odd/$quality -m "at $quality"; done
mosquitto_pub -h 127.0.0.1 -p "$port" -q 2 -t odd/large -f "$work/large"
mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -t odd/half -f "$work/half"
mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -t odd/empty -n
# What was sent at 0 while we were away is lost, as the protocol has it.
live_tool odd mqtt "$work/o.db" "${odd[@]}" --until 5
live_says "messages of all kinds" '1:at 1,2:at 2,empty:,half:68616C66206F6620E69D,large:10000000' "$(live_sql "$work/o.db" \
  "SELECT group_concat(what) FROM (SELECT substr(source, 5) || ':' || CASE source WHEN 'odd/large' THEN length WHEN 'odd/half' THEN hex(text)
   ELSE text END AS what FROM message ORDER BY source)")"
# The session of before has its subscription as soon as it is there.
sessions () { grep -c 'New client connected.* as odd ' "$work/server.log"; }
before=$(sessions)
live_tool_start odd_here mqtt "$work/o.db" "${odd[@]}" --until 7
live_pid_here=$live_pid
is_here () { [ "$(sessions)" -gt "$before" ]; }
live_until is_here
mosquitto_pub -h 127.0.0.1 -p "$port" -q 0 -t odd/0 -m "at 0"
mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -r -t odd/kept -m kept
wait "$live_pid_here" || live_fail "the tool failed"
mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -r -t odd/kept -n
live_tool odd_taken_back mqtt "$work/o.db" "${odd[@]}" --until 8
live_says "a retained message and its end" 'kept,' "$(live_sql "$work/o.db" "SELECT group_concat(text) FROM message WHERE source = 'odd/kept'")"

# Secrets: right ones are taken, wrong ones are an alarm, neither is ever shown.
printf 'user=officer\npassword=opensesame\n' >"$work/secret"
chmod 640 "$work/secret"
mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -r -t secret/1 -m guarded
guarded=(host=127.0.0.1 "port=$secret_port" 'topics=secret/#' client_id=guard retry=1s)
live_tool secret mqtt "$work/b.db" "${guarded[@]}" "secret_file=$work/secret" --until 1
chmod 644 "$work/secret"
live_status=1 live_tool open_secret mqtt "$work/b.db" "${guarded[@]}" "secret_file=$work/secret" --seconds 1
grep -q 'chmod' "$work/open_secret.err" || live_fail "a secret open to everybody was taken"
printf 'user=officer\npassword=closesesame\n' >"$work/secret"
chmod 600 "$work/secret"
live_tool_until 'alarm mqtt_refused' wrong_secret mqtt "$work/b.db" "${guarded[@]}" "secret_file=$work/secret"
if grep -r sesame "$work"/*.log "$work"/*.err; then live_fail "a password was shown"; fi

# TLS: the right certificate, and one that nobody trusts.
mosquitto_pub -h 127.0.0.1 -p "$port" -q 1 -r -t secure/1 -m sealed
secure=(host=localhost "port=$tls_port" 'topics=secure/#' client_id=seal tls=true retry=1s)
live_tool tls mqtt "$work/c.db" "${secure[@]}" "ca_file=$work/certificate.pem" --until 1
live_says "through TLS" sealed "$(live_sql "$work/c.db" 'SELECT text FROM message')"
for number in $(seq 400); do echo "sealed $number"; done | publish secure/2
live_tool tls_many mqtt "$work/c.db" "${secure[@]}" "ca_file=$work/certificate.pem" --until 401
live_tool_until 'alarm connection_lost' untrusted mqtt "$work/d.db" "${secure[@]}"
live_tool_until 'alarm connection_lost' other_name mqtt "$work/d.db" host=127.0.0.1 "port=$tls_port" 'topics=secure/#' client_id=name tls=true \
  retry=1s "ca_file=$work/certificate.pem"
live_says "through wrong certificates" 0 "$(live_sql "$work/d.db" 'SELECT count(*) FROM message')"

# Names that do not resolve, and nobody at home.
live_tool_until 'alarm connection_lost: broker.invalid:1883: ' no_name mqtt "$work/d.db" host=broker.invalid topics=a
live_tool_until 'alarm connection_lost' nobody mqtt "$work/d.db" host=127.0.0.1 "port=$(live_free_port)" topics=a
live_stop "$broker" TERM
