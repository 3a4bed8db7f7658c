#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The documents keep to the program: every plugin and option stands in the manual page of both languages; the page's source is
# clean; every key of a scenario stands in sanfang-scenario(5); every relative link of a document points to a file; every
# `sanfang` line of the sh blocks of the README and the guides runs, in a scratch folder, in order; a document and its Chinese
# twin give the same commands; the landfall that the guides explain is the one found.
set -uo pipefail
top=${srcdir:?srcdir is not set} sanfang=${SANFANG:?SANFANG is not set}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
bad=0
fault () { printf 'FAULT %s\n' "$*"; bad=$((bad + 1)); }

"$sanfang" plugins --json >"$scratch/plugins.json" 2>/dev/null || fault "sanfang plugins --json failed"
for lang in en zh; do
  "$sanfang" manual --lang $lang >"$scratch/sanfang.$lang" || fault "sanfang manual --lang $lang failed"
  python3 - "$scratch/plugins.json" "$scratch/sanfang.$lang" $lang <<'PYTHON' || bad=$((bad + 1))
import json, re, sys
plugins, page, lang = json.load(open(sys.argv[1])), open(sys.argv[2]).read().replace('\\-', '-'), sys.argv[3]
parts = dict((p.split('\n', 1) + [''])[:2] for p in re.split(r'^\.SS ', page, flags=re.M)[1:])
faults, options = [], 0
for plugin in plugins:
    if plugin['refused'] is not None:
        continue
    name = plugin['name']
    start = 'sanfang ' if plugin['kind'] == 'command' else ''
    body = [b for head, b in parts.items() if re.match(r'"%s%s[ "]' % (start, re.escape(name)), head)]
    if len(body) != 1:
        faults.append('%s stands in the manual %d times' % (name, len(body)))
        continue
    if plugin['summary_' + lang] not in body[0]:
        faults.append('%s: the summary is missing' % name)
    for option in plugin['options']:
        options += 1
        if '\\fB--%s\\fR' % option['name'] not in body[0] or option['help_' + lang].split('\n')[0] not in body[0]:
            faults.append('%s: option %s is missing' % (name, option['name']))
for fault in faults:
    print('FAULT manual (%s): %s' % (lang, fault))
print('%s: %d plugins, %d options' % (lang, len(plugins), options))
sys.exit(bool(faults) or options == 0)
PYTHON
done
if command -v groff >/dev/null; then
  for page in "$scratch/sanfang.en" "$top"/man/*.5; do
    words=$(groff -k -man -Tutf8 -ww -z "$page" 2>&1) || true
    [ -z "$words" ] || fault "$page: $words"
  done
fi

# The keys that a scenario may have, as the program itself names them when it meets a stranger.
for page in "$top"/man/sanfang-scenario.5 "$top"/man/zh_CN/sanfang-scenario.5; do
  for key in $(sed -n '/^read_all/,/NULL };/p' "$top/core/cycle/scenario.c" | grep -o '"[a-z]*"' | tr -d '"'); do
    grep -q "^\.BR\{0,1\} .*$key" "$page" || fault "${page#"$top"/} does not explain '$key'"
  done
done

links=0
while IFS= read -r page; do
  while IFS= read -r link; do
    case $link in http://*|https://*|mailto:*|'#'*) continue ;; esac
    links=$((links + 1))
    [ -e "$(dirname "$page")/${link%%#*}" ] || fault "${page#"$top"/} links to $link, which is not there"
  done < <(grep -oE '\]\([^)]+\)' "$page" | sed 's/^](//; s/)$//')
done < <(find "$top" \( -name 'build*' -o -name node_modules -o -name .git \) -prune -o -name '*.md' -print)
[ $links -gt 0 ] || fault "no links in any document"

commands_of () { awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$1" | grep -E '^sanfang '; }

# Runs the commands of a document in order. The documents speak from the top of the sources: share is where they say.
commands=0
run_document ()
{
  local work=$scratch/$2 line
  mkdir "$work" && ln -s "$SANFANG_SHARE" "$work/share" && cd "$work" || exit 1
  while IFS= read -r line; do
    commands=$((commands + 1))
    bash -o pipefail -c 'sanfang () { "$SANFANG" "$@" --log-level error; }'$'\n'"$line" \
      >out.text 2>err.text </dev/null || { fault "$1: $line"; head -n 5 err.text; }
  done < <(commands_of "$top/$1")
  cd "$top" || exit 1
}
run_document README.md readme
# The landfall on Hainan that the analyst's guides explain is the one that the program finds.
for name in time earliest latest; do
  moment=$("$sanfang" run "$SANFANG_SHARE/scenarios/rammasun-2014.yaml" -o "$scratch/landfall" --json --log-level error |
    jq -r --arg name $name 'select(.dataset == "landfalls").rows[] | select(.place == "Hainan Island")[$name] | fromdate + 28800 | strftime("%H:%M")')
  for page in doc/analyst-guide.md doc/analyst-guide.zh-CN.md; do
    grep -q "$moment" "$top/$page" || fault "$page does not give $moment, the $name of the landfall on Hainan"
  done
done
run_document doc/analyst-guide.md analyst
run_document doc/operator-guide.md operator
[ $commands -ge 15 ] || fault "only $commands commands in the documents"
for page in README doc/analyst-guide; do
  diff <(commands_of "$top/$page.md") <(commands_of "$top/$page.zh-CN.md") || fault "$page.zh-CN.md gives other commands than $page.md"
done

printf '%d links, %d commands, %d faults\n' $links $commands $bad
[ $bad = 0 ]
