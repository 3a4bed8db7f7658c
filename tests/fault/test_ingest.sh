#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A small part of ingest.sh, which `make check-fault` runs whole.
KILLAT=$builddir/tests/fault/killat INGEST_FILES=${INGEST_FILES:-24} INGEST_STEP=${INGEST_STEP:-37} \
  exec bash "$srcdir/tests/fault/ingest.sh"
