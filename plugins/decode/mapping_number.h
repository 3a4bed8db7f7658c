/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_MAPPING_NUMBER_H
#define SF_PLUGINS_DECODE_MAPPING_NUMBER_H

#include "core/base/text.h"

/* Read a number with a declared decimal sign and sign between groups of three ('\0': there are none). False where a sign
   stands that was not declared, or not where it may; *ret_value is then untouched. */
bool sf_mapping_parse_number (char decimal, char thousands, struct sf_span text, double *ret_value);

#endif
