/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/modules/modules.h"

SF_PLUGIN_EXPORT (wrong_size)
    = { .magic = SF_PLUGIN_MAGIC, .abi = SF_PLUGIN_ABI, .struct_size = 8, .name = "wrong_size", TOY_FIELDS };
