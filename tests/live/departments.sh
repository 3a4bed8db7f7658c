#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Five feeds of departments carried whole, by the files in share/departments with only addresses and folders changed: a table
# in GBK and a radar mosaic in folders, JSON from a real MQTT broker, SL 651 over TCP, rows of a real PostgreSQL. What the
# store then holds is what the samples say. The samples are those of the shared data where it is there.
set -euo pipefail
. "${srcdir:?}/tests/live/serving.sh"
pg=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
PATH=$PATH:/usr/sbin
for module in postgres_poll mqtt moc; do
  [ -e "${builddir:?}/modules/.libs/$module.so" ] || { echo "skipped: module $module was not built"; exit 77; }
done
if [ -z "$pg" ] || ! command -v mosquitto >/dev/null; then
  echo "skipped: PostgreSQL's server or mosquitto is not installed"
  exit 77
fi
samples=${SANFANG_SHARED:-}/feeds/synthetic
if [ ! -d "$samples" ]; then
  echo "skipped: SANFANG_SHARED has no folder feeds/synthetic"
  exit 77
fi

live=$(mktemp -d)
as=()
if [ "$(id -u)" = 0 ]; then as=(runuser -u postgres --); fi
database () { (cd "$live/pg" && "${as[@]}" "$pg/pg_ctl" -s -w -D "$live/pg/data" -l "$live/pg/log" "$@"); }
clean () { database -m immediate stop >/dev/null 2>&1 || true; live_clean; }
trap clean EXIT
free_port () { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
mqtt_port=$(free_port)
tcp_port=$(free_port)

# The servers.
mkdir "$live/pg" "$live/departments" "$live/power" "$live/radar" "$live/tracks"
if [ "$(id -u)" = 0 ]; then chmod 755 "$live"; chown postgres "$live/pg"; fi
"${as[@]}" "$pg/initdb" -D "$live/pg/data" -U postgres -A trust --no-sync -E UTF8 --locale=C >/dev/null
printf "listen_addresses = ''\nunix_socket_directories = '%s'\nfsync = off\n" "$live/pg" |
  "${as[@]}" tee -a "$live/pg/data/postgresql.conf" >/dev/null
database start
sql () { "${as[@]}" "$pg/psql" -q -X -At -v ON_ERROR_STOP=1 -h "$live/pg" -U postgres -d postgres "$@"; }
sql <<'SQL'
CREATE TABLE st_stbprp_b (stcd char(8) PRIMARY KEY, stnm varchar(30), rvnm varchar(30), lgtd numeric(10,6), lttd numeric(10,6),
  addvcd char(6), dtmnm varchar(16), sttp char(2), moditime timestamp);
CREATE TABLE st_rsvr_r (stcd char(8), tm timestamp, rz numeric(7,3), inq numeric(9,3), w numeric(9,3), otq numeric(9,3),
  PRIMARY KEY (stcd, tm));
INSERT INTO st_stbprp_b VALUES ('RS01', '松涛', '南渡江', 109.678890, 19.332500, '460400', '珠基', 'RR', NULL),
  ('RS02', '大广坝', '昌化江', 108.979440, 19.019440, '469007', '珠基', 'RR', '2024-01-01 00:00'),
  ('61001', '定安', '南渡江', 110.35, 19.68, '469021', '珠基', 'ZQ', NULL);
INSERT INTO st_rsvr_r VALUES ('RS01', date_trunc('hour', now() AT TIME ZONE 'Asia/Shanghai'), 188.26, 1250.5, 2345.678, NULL),
  ('RS02', date_trunc('hour', now() AT TIME ZONE 'Asia/Shanghai'), 139.52, 0, 1400, 94);
SQL
mkdir "$live/mqtt"
{
  [ "$(id -u)" != 0 ] || echo 'user root'
  printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "$mqtt_port"
} >"$live/mqtt/conf"
mosquitto -c "$live/mqtt/conf" >"$live/mqtt/log" 2>&1 &
live_pids+=("$!")

# The departments' files, their addresses and folders changed.
for file in "$srcdir"/share/departments/*.yaml; do
  sed -e "s|/var/spool/sanfang/powergrid|$live/power|; s|/var/spool/sanfang/radar|$live/radar|" \
    -e "s|host: 127.0.0.1, port: 1883|host: 127.0.0.1, port: $mqtt_port|; s|127.0.0.1:5100|127.0.0.1:$tcp_port|" \
    -e "s|host=127.0.0.1 port=5432 dbname=rwdb user=sanfang|host=$live/pg dbname=postgres user=postgres|" \
    -e '/secret_file:/d; s|every: 60s|every: 1s|; s|every: 10min|every: 1s|' "$file" >"$live/departments/${file##*/}"
done
if grep -rn '/var/spool\|5432\|:5100\|1883' "$live/departments"; then echo "an address was not changed"; exit 1; fi
sed -e "s|departments: ../departments|departments: departments|; s|/var/spool/sanfang/tracks|$live/tracks|" \
  "$srcdir/share/scenarios/live.yaml" >"$live/live.yaml"

cp "$samples/power_outage.csv" "$live/power/"
cp "$samples"/Z_RADA_C_*_MOC_*.bin "$live/radar/"
live_start --only ingest

# MQTT: the subscription must stand before anything is published.
subscribed () { live_sql journal/journal.db "SELECT 1 FROM memory WHERE key = 'subscription'" | grep -q 1; }
live_wait 30 subscribed
mosquitto_pub -h 127.0.0.1 -p "$mqtt_port" -q 1 -t hn/ylgd/all -l <"$samples/waterlogging_mqtt.jsonl"

# SL 651: a timed report that was published with its meaning; the answer comes once it is held.
/usr/bin/python3 - "$tcp_port" <<'PY'
import socket, sys
frame = bytes.fromhex('7E7E05001122334403E832002B020034170718110016F1F1001122334448F0F01707181100201900004026190000403923000104903812109903A421')
with socket.create_connection(('127.0.0.1', int(sys.argv[1])), timeout=30) as peer:
    peer.sendall(frame)
    answer = b''
    while len(answer) < 25:
        more = peer.recv(100)
        assert more, 'the connection was closed after %r' % answer
        answer += more
assert answer[:2] == b'\x7e\x7e' and answer[2:7].hex() == '0011223344', answer.hex()
PY

last () { # FEED ASSET QUANTITY
  live_sql store/catalog.db "SELECT coalesce(value, 'missing') FROM last_observation WHERE feed = '$1' AND subject = '$2' AND quantity = '$3'"
}
is () { [ "$(last "$1" "$2" "$3")" = "$4" ]; }
all_there () {
  while read -r feed asset quantity value; do
    is "$feed" "$asset" "$quantity" "$value" || { echo "$feed $asset $quantity is '$(last "$feed" "$asset" "$quantity")', not $value" >"$live/log.rows"; return 1; }
  done <<'ROWS'
power_outage 460100 customers_without_power 512034.0
power_outage 460100 customers_restored 0.0
power_outage 469005 customers_restored 1200.0
power_outage 469005 substations_out_110kv 3.0
power_outage 469023 customers_without_power missing
power_outage 469023 lines_out_10kv 97.0
waterlogging hn/ylgd/460105/0031 water_depth 0.315
waterlogging hn/ylgd/460105/0031 battery_voltage 3.6
waterlogging hn/ylgd/460106/0007 water_depth missing
hydrology 11223344 river_level 10.49
hydrology 11223344 battery_voltage 10.99
reservoirs RS01 reservoir_level 188.26
reservoirs RS01 reservoir_storage 2345678000.0
reservoirs RS01 inflow 1250.5
reservoirs RS02 outflow 94.0
ROWS
}
live_wait 15 all_there
places () { [ "$(live_sql store/catalog.db "SELECT group_concat(id || ' ' || name_zh, ', ') FROM (SELECT * FROM asset WHERE type = 'reservoir' ORDER BY id)")" = "RS01 松涛, RS02 大广坝" ]; }
live_wait 30 places
mosaic () { [ "$(live_sql store/catalog.db "SELECT nx || 'x' || ny || ' ' || quantity || ' ' || datetime(valid_s, 'unixepoch') FROM field")" = '400x300 radar_reflectivity 2024-09-06 00:00:00' ]; }
live_wait 30 mosaic
# A row that comes later.
sql -c "INSERT INTO st_rsvr_r VALUES ('RS01', date_trunc('minute', now() AT TIME ZONE 'Asia/Shanghai') + interval '1 min', 188.31, 1300, 2350, 0)"
live_wait 30 is reservoirs RS01 reservoir_level 188.31
live_wait 30 is reservoirs RS01 outflow 0.0

# Nothing was refused, nothing came twice.
refused=$(live_sql journal/journal.db 'SELECT count(*) FROM verdict')
[ "$refused" = 0 ] || { live_sql journal/journal.db 'SELECT * FROM verdict'; exit 1; }
counts=$(live_sql journal/journal.db "SELECT group_concat(feed || ' ' || n, ', ') FROM (SELECT name.text AS feed, count(*) AS n FROM message JOIN name ON name.id = message.feed GROUP BY 1 ORDER BY 1)")
[ "$counts" = 'hydrology 1, power_outage 1, radar_mosaic 1, reservoir_stations 2, reservoirs 3, waterlogging 4' ] ||
  { echo "messages: $counts"; exit 1; }
live_stop
echo "five departments' feeds: $counts"
