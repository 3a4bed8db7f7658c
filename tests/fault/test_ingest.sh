#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A small part of ingest.sh, which `make check-fault` runs whole: kills, then syncs that fail.
set -euo pipefail
export KILLAT=$builddir/tests/fault/killat
INGEST_FILES=${INGEST_FILES:-24} INGEST_STEP=${INGEST_STEP:-37} bash "$srcdir/tests/fault/ingest.sh"
INGEST_ERROR=EIO INGEST_FILES=6 INGEST_KINDS=fsync INGEST_STEP=3 exec bash "$srcdir/tests/fault/ingest.sh"
