#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The page's words: the same keys in Chinese and English; every key that a module asks for is there and every key is asked for.
# No markup or code from strings, no address outside, no script or style inside the page.
set -uo pipefail
tree=${srcdir:?srcdir is not set}
web=$tree/share/web rc=0
zh=$web/js/i18n/zh.json en=$web/js/i18n/en.json
fail () { echo "FAIL $*"; rc=1; }
command -v jq >/dev/null || { echo "FAIL jq is missing"; exit 1; }

diff <(jq -r 'keys[]' "$zh") <(jq -r 'keys[]' "$en") || fail "zh.json and en.json do not have the same keys"
for table in "$zh" "$en"; do
  jq -e 'all(.[]; type == "string" and length > 0)' "$table" >/dev/null || fail "$table: an empty word"
done

# A key stands in quotes; a key made from a value (`live.${state}`) asks for all that begin like it.
modules=$(cat "$web"/js/*.js "$web"/js/*/*.js)
while read -r key; do
  grep -qF -e "'$key'" -e "\`${key%.*}.\${" <<<"$modules" || fail "nobody asks for the words of '$key'"
done < <(jq -r 'keys[]' "$zh")
while read -r key; do
  jq -e --arg key "$key" 'has($key)' "$zh" >/dev/null || fail "no words for '$key'"
done < <(grep -ohE "\bt\('[a-z.]+'" <<<"$modules" | sed "s/.*'\(.*\)'/\1/" | sort -u)

if grep -rnE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function' "$web/js"; then fail "markup or code from a string"; fi
if grep -rnE "https?://[a-z]" "$web" | grep -vF 'http://www.w3.org/2000/svg'; then fail "an address outside"; fi
if grep -nE '<style|<script[^>]*>[^<]|style="|\bon[a-z]+="' "$web/index.html"; then fail "script or style inside the page"; fi
exit $rc
