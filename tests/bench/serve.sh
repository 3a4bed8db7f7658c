#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The map service under wrk on this machine: points of random places and times with all layers in the answer, tiles that are kept
# and tiles that are painted each time; each at full load and at half of that. One JSON line a variant; wrk shares the processors.
#   SERVE_SECONDS  of each load (10); 600 shows whether memory stays flat
#   SERVE_VARIANTS "point tile-cached tile-uncached"
#   SERVE_COMPARED answers compared with `sanfang query point`, of a thousand times as many (10)
#   SERVE_DATA     a folder of snapshots; without it the demo scenario is run
set -euo pipefail
srcdir=${srcdir:?}
command -v wrk >/dev/null || { echo "serve: left out, wrk is not installed (apt-get install wrk)" >&2; exit 0; }
. "$srcdir/tests/service/server.sh"
work=$(mktemp -d)
cleanup () { server_stop; rm -rf "$work"; }
trap cleanup EXIT
seconds=${SERVE_SECONDS:-10}
full_connections=32 half_connections=64 # wrk holds back by whole milliseconds, which is too coarse for fewer
data=${SERVE_DATA:-}
if [ -z "$data" ]; then
  data=$work/out
  "$SANFANG" run "$srcdir/share/scenarios/rammasun-2014.yaml" -o "$data" --log-level error >/dev/null
fi

# Microseconds of CPU of the server since it was started.
cpu_us () { awk -v hz="$(getconf CLK_TCK)" '{ sub (/.*\) /, ""); print ($12 + $13) / hz * 1e6 }' "/proc/$server_pid/stat"; }
rss_mib () { awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$server_pid/status"; }
# VARIANT SECONDS CONNECTIONS DELAY_MS: what wrk says of a load, as JSON.
load () {
  wrk -t1 -c"$3" -d"$2s" -s "$srcdir/tests/bench/serve.lua" "$server_url" -- "$1" 1 "$4" "/snapshots/$id" "$first_s" "$last_s" \
    >"$work/wrk" || { cat "$work/wrk" >&2; return 1; }
  sed -n 's/^JSON //p' "$work/wrk"
}

measure () {
  local variant=$1 begin_us full half delay_ms rss
  load "$variant" 2 $full_connections 0 >/dev/null
  rss=$(rss_mib)
  begin_us=$(cpu_us)
  full=$(load "$variant" "$seconds" $full_connections 0)
  full=$(jq -c --argjson us "$(awk -v a="$begin_us" -v b="$(cpu_us)" 'BEGIN { print b - a }')" '. + {cpu_us: $us}' <<<"$full")
  # So long must a connection wait on the average that all of them together ask half as often.
  delay_ms=$(jq -r --argjson c $half_connections '2 * $c * 1000 / (.requests / .seconds) | if . < 1 then 1 else round end' <<<"$full")
  half=$(load "$variant" "$seconds" $half_connections "$delay_ms")
  jq -cn --arg variant "$variant" --argjson full "$full" --argjson half "$half" --argjson rss "$rss" --argjson rss_after "$(rss_mib)" \
    'def r(d): . * pow(10; d) | round / pow(10; d);
     {case: "serve", variant: $variant, wall_s: $full.seconds, cpu_s: ($full.cpu_us / 1e6 | r(3)), work: $full.requests, work_unit: "requests",
      requests_per_s: ($full.requests / $full.seconds | round), p50_ms: $full.p50_ms, p99_ms: $full.p99_ms,
      server_cpu_us: ($full.cpu_us / $full.requests | r(1)), half_requests_per_s: ($half.requests / $half.seconds | round),
      half_p99_ms: $half.p99_ms, errors: ($full.errors + $half.errors), rss_mib_start: $rss, rss_mib_end: $rss_after}'
}

for variant in ${SERVE_VARIANTS:-point tile-cached tile-uncached}; do
  server_stop
  server_start "$data" --set service.cache="$([ "$variant" = tile-uncached ] && echo 0 || echo 128)"
  trap cleanup EXIT
  id=$(curl -sS "$server_url/v1/state" | jq -r .snapshot.id)
  read -r first_s last_s < <(curl -sS "$server_url/v1/layers" \
    | jq -r '[.layers[] | select(.kind == "cube") | .dimension.values[] | fromdate] | "\(min // 1405641600) \(max // 1405641600)"')
  measure "$variant"
  if [ "$variant" = point ] && [ "${SERVE_COMPARED:-10}" -gt 0 ]; then
    compared=${SERVE_COMPARED:-10}
    /usr/bin/python3 "$srcdir/tests/service/point.py" "$server_url" "$data" $((1000 * compared)) "$compared" 1 >"$work/compared" \
      || { cat "$work/compared"; exit 1; }
    jq -cn --arg words "$(cat "$work/compared")" '{case: "serve", variant: "point-compared", result: $words}'
  fi
done
