/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/modules/modules.h"

static void __attribute__ ((constructor)) crash_at_load (void) { __builtin_trap (); }

SF_PLUGIN_EXPORT (crash) = { SF_PLUGIN_HEAD, .name = "crash", TOY_FIELDS };
