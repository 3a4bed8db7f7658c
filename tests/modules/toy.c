/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/modules/modules.h"

SF_PLUGIN_EXPORT (toy) = { SF_PLUGIN_HEAD, .name = "toy", TOY_FIELDS };
