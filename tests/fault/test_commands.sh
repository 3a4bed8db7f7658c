#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A small part of commands.sh, which `make check-fault` runs whole.
set -euo pipefail
export KILLAT=$builddir/tests/fault/killat
COMMANDS="enter replay" COMMAND_ERRORS="kill EIO" COMMAND_KINDS=fsync COMMAND_STEP=${COMMAND_STEP:-4} exec bash "$srcdir/tests/fault/commands.sh"
