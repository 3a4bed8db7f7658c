#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# http_poll against a real server: each new content once, over kills; conditions; and every way an answer can be bad is an alarm
# that names it, within a bounded time, with no secret in it.
set -euo pipefail
srcdir=${srcdir:?}
. "$srcdir/tests/live/live.sh"
live_begin
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$work/key.pem" -out "$work/certificate.pem" >"$work/openssl.log" 2>&1
export PYTHONDONTWRITEBYTECODE=1
live_start /usr/bin/python3 "$srcdir/tests/live/http_server.py" "$work"
live_start /usr/bin/python3 "$srcdir/tests/live/http_server.py" "$work" "$work/certificate.pem" "$work/key.pem"
live_until test -s "$work/port"
live_until test -s "$work/tls_port"
base=http://127.0.0.1:$(cat "$work/port")
secure=https://localhost:$(cat "$work/tls_port")
texts () { live_sql "$1" "SELECT group_concat(text, ',') FROM message"; }
put () { printf %s "$1" >"$work/content.new"; mv "$work/content.new" "$work/content"; }

# A content that comes back is new; the same one again is a duplicate; a kill before the commit or after it changes nothing.
put A
live_status=9 live_tool a1 http_poll "$work/a.db" "url=$base/plain" every=1s --die-before-commit 1
live_status=9 live_tool a2 http_poll "$work/a.db" "url=$base/plain" every=1s --die-before-ack 1
counted () { [ "$(live_sql "$1" "SELECT count FROM seen WHERE name = '$2'")" -gt 0 ]; }
live_tool_start a3 http_poll "$work/a.db" "url=$base/plain" every=1s
live_until counted "$work/a.db" duplicates
live_stop "$live_pid" TERM
put B
live_tool b http_poll "$work/a.db" "url=$base/plain" every=1s --until 2
put A
live_tool again http_poll "$work/a.db" "url=$base/plain" every=1s --until 3
live_says "contents in their order" A,B,A "$(texts "$work/a.db")"

# Contents that come and go, with a room of one, so that a commit falls between all that is remembered and delivered, and a death
# after each: with a condition or without one, each change is there once.
for path in plain tagged; do
  last=
  for content in A B A B B A; do
    put "$content"
    seconds=60
    if [ "$content" = "$last" ]; then seconds=2; fi # under a condition nothing comes, and nobody dies
    last=$content
    for death in commit ack; do
      "$tool" http_poll "$work/$path.db" "url=$base/$path" every=1s --room 1 "--die-before-$death" 1 --seconds $seconds >"$work/back_$death.log" 2>&1 ||
        [ $? = 9 ] || live_fail "the tool ended otherwise than by its death"
    done
    live_tool back http_poll "$work/$path.db" "url=$base/$path" every=1s --seconds 1
  done
  live_says "contents that come back, $path" A,B,A,B,A "$(texts "$work/$path.db")"
done
for content in A B A B A; do
  put "$content"
  live_status=9 live_tool once http_poll "$work/once.db" "url=$base/plain" every=1s --room 1 --die-before-ack 1
done
live_says "contents that come back, each process dead after one" A,B,A,B,A "$(texts "$work/once.db")"

# The server is asked under the condition it gave, also after a restart, and says that there is nothing new.
live_tool tagged http_poll "$work/b.db" "url=$base/tagged" every=1s --until 1
live_tool_start tagged_again http_poll "$work/b.db" "url=$base/tagged" every=1s
live_until counted "$work/b.db" not_modified
live_stop "$live_pid" TERM
grep -q '^/tagged "' "$work/requests" || live_fail "the condition was not sent"
live_says "messages under a condition" A "$(texts "$work/b.db")"

# gzip, POST, a redirect, TLS, a password.
live_tool gzip http_poll "$work/c.db" "url=$base/gzip" --until 1
live_tool post http_poll "$work/c.db" "url=$base/post" method=POST 'body={"day":"{utc:%Y}"}' --until 2
live_tool elsewhere http_poll "$work/c.db" "url=$base/elsewhere" --until 3
live_tool tls http_poll "$work/c.db" "url=$secure/plain" "ca_file=$work/certificate.pem" --until 4
printf '# who we are\nuser=officer\npassword = opensesame\nkey=K1234\n' >"$work/secret"
chmod 600 "$work/secret"
live_tool guarded http_poll "$work/c.db" "url=$base/guarded" "secret_file=$work/secret" --until 5
live_says "answers of all kinds" "A,posted {\"day\":\"$(date -u +%Y)\"},A,A,A" "$(texts "$work/c.db")"

# Times and secrets are filled in; what is kept of the request shows no secret.
live_tool echo http_poll "$work/d.db" "url=$base/echo?k={secret:key}&t={bjt-1d/1d:%Y%m%d%H%M%S}" 'headers=X-Key: {secret:key}' \
  "secret_file=$work/secret" --until 1
day=$(TZ=Asia/Shanghai date -d "@$(($(date +%s) / 86400 * 86400 - 86400))" +%Y%m%d%H%M%S)
live_says "places filled in" "/echo?k=K1234&t=$day K1234" "$(texts "$work/d.db")"
live_says "source without secrets" "$base/echo?k={secret:key}&t=$day" "$(live_sql "$work/d.db" 'SELECT source FROM message')"

# No room: the answer waits, and the server is not asked again before it is taken.
live_tool_start room http_poll "$work/e.db" "url=$base/echo?room" every=1s --room 0
live_until grep '^/echo?room' "$work/requests"
sleep 2
live_stop "$live_pid" TERM
live_says "requests while there is no room" 1 "$(grep -c '^/echo?room' "$work/requests")"

# bad NAME PATTERN SETTING...: the answer is refused with an alarm whose text matches, and nothing is taken.
bad () {
  local name=$1 pattern=$2
  shift 2
  live_tool_start "$name" http_poll "$work/bad.db" "$@"
  local pid=$live_pid
  live_until grep -q "alarm http_failed: " "$work/$name.log"
  grep -Eq "alarm http_failed: .*$pattern" "$work/$name.log" || live_fail "$name: the alarm does not say $pattern"
  live_stop "$pid" TERM
}
bad drip 'Operation too slow' "url=$base/drip" stall=2s
bad slow 'Operation timed out' "url=$base/drip" timeout=2s
bad truncated 'bytes remaining to read' "url=$base/truncated"
bad huge 'more than 1000000 bytes' "url=$base/huge" limit=1000000
bad endless 'more than 1000000 bytes' "url=$base/endless" limit=1000000
bad bomb 'more than 1000000 bytes' "url=$base/bomb" limit=1000000
bad to_file 'Protocol .file. ' "url=$base/to_file"
bad round 'Maximum \(3\) redirects' "url=$base/round"
bad busy 'status 503: 过载' "url=$base/busy"
bad limited 'status 429: too often' "url=$base/limited"
bad odd_wait 'status 429: too often' "url=$base/odd_wait"
bad unasked 'status 304' "url=$base/unasked"
bad part 'status 206' "url=$base/part"
bad two_lengths 'two lengths' "url=$base/two_lengths"
bad cut_chunk 'outstanding read data remaining' "url=$base/cut_chunk"
bad cut_gzip 'cut off or damaged' "url=$base/cut_gzip"
bad wrong_gzip 'cut off or damaged' "url=$base/wrong_gzip"
bad no_gzip 'cut off or damaged' "url=$base/no_gzip"
bad headers 'Too large response headers' "url=$base/headers" limit=1000000
bad ping 'Maximum \(3\) redirects' "url=$base/ping"
bad down 'Protocol .http. ' "url=$secure/down" "ca_file=$work/certificate.pem"
bad bytes 'status 500: ' "url=$base/bytes"
bad page "type 'text/html; charset=utf-8'" "url=$base/page" 'types=application/json*'
bad key_masked 'status 503: 过载 /busy\?k=\*\*\*\*\*' "url=$base/busy?k={secret:key}" "secret_file=$work/secret"
bad no_redirect_with_key 'status 302' "url=$base/elsewhere" 'headers=X-Key: {secret:key}' "secret_file=$work/secret"
bad untrusted '[Cc]ertificate' "url=$secure/plain"
bad other_name 'does not match' "url=https://127.0.0.1:$(cat "$work/tls_port")/plain" "ca_file=$work/certificate.pem"
bad no_name 'Could not resolve host' url=http://weather.invalid/
bad nobody 'Failed to connect' "url=http://127.0.0.1:$(live_free_port)/"
bad proxy 'Failed to connect' "url=$base/plain" "proxy=http://127.0.0.1:$(live_free_port)"
live_says "messages of bad answers" 0 "$(live_sql "$work/bad.db" 'SELECT count(*) FROM message')"
live_says "Retry-After is obeyed: requests" 2 "$(grep -c '^/busy' "$work/requests")"
live_says "Retry-After as a date is obeyed: requests" 1 "$(grep -c '^/limited' "$work/requests")"
live_tool longer http_poll "$work/longer.db" "url=$base/longer" every=1s --until 1
live_tool longer http_poll "$work/longer.db" "url=$base/longer" every=1s --seconds 2
live_says "an answer longer than announced" 12345 "$(texts "$work/longer.db")"

# The alarm ends when the server is well again.
rm "$work/content"
live_tool_start recovers http_poll "$work/f.db" "url=$base/plain" every=1s --until 1
recovers=$live_pid
live_until grep -q 'alarm http_failed: .*Empty reply' "$work/recovers.log"
put C
wait "$recovers" || live_fail "the tool failed"
grep -q 'over http_failed' "$work/recovers.log" || live_fail "the alarm did not end"

# Mistakes in settings are told at once.
live_status=1 live_tool in_url http_poll "$work/g.db" url=http://officer:opensesame@127.0.0.1/
grep -q 'secret_file' "$work/in_url.err" || live_fail "a password in the url was taken"
live_status=1 live_tool no_place http_poll "$work/g.db" "url=$base/{local:%Y}"
live_status=1 live_tool no_secret http_poll "$work/g.db" "url=$base/{secret:absent}"
if grep -rE 'sesame|K1234' "$work"/*.log "$work"/*.err; then live_fail "a secret was shown"; fi
