/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/modules/modules.h"

SF_PLUGIN_EXPORT (wrong_name) = { SF_PLUGIN_HEAD, .name = "other", TOY_FIELDS };
