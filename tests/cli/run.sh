#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs one bats file and prints TAP, which tests/summary.sh counts case by case.
if ! command -v bats >/dev/null; then
  echo "bats is missing"
  exit 77
fi
exec bats --formatter tap "$@"
