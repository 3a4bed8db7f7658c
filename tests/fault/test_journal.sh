#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A small part of journal.sh, which `make check-fault` runs whole.
KILLAT=$builddir/tests/fault/killat WRITER=$builddir/tests/fault/journal_writer \
  JOURNAL_TOTAL=${JOURNAL_TOTAL:-60} JOURNAL_STEP=${JOURNAL_STEP:-61} JOURNAL_MOMENTS=${JOURNAL_MOMENTS:-3} \
  exec bash "$srcdir/tests/fault/journal.sh"
