/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/modules/modules.h"

SF_PLUGIN_EXPORT (wrong_magic)
    = { .magic = 1, .abi = SF_PLUGIN_ABI, .struct_size = sizeof (struct sf_plugin), .name = "wrong_magic", TOY_FIELDS };
