/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/modules/modules.h"

SF_PLUGIN_EXPORT (wrong_abi) = { .magic = SF_PLUGIN_MAGIC,
                                 .abi = SF_PLUGIN_ABI + 1,
                                 .struct_size = sizeof (struct sf_plugin),
                                 .name = "wrong_abi",
                                 TOY_FIELDS };
