/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_MAPPING_PLACE_H
#define SF_PLUGINS_DECODE_MAPPING_PLACE_H

#include "core/base/text.h"

/* Coordinates a feed may use. WGS 84 and CGCS2000 differ by centimetres and are taken over as they are. */
enum sf_place_crs
{
  SF_PLACE_WGS84,
  SF_PLACE_CGCS2000,
  SF_PLACE_GCJ02
};

/* Read degrees, minutes and seconds: "123°30.04′E", "E123°30'02\"", "123 30 02 E", "-18 15.5"; signs and letters of the
   hemisphere not both. False when it is none, minutes or seconds are 60 or more, or a part but the last has decimals. */
bool sf_place_parse_dms (struct sf_span text, double *ret_deg);

/* Undo the shift of a CRS in place. */
void sf_place_to_home (enum sf_place_crs crs, double *lon_deg, double *lat_deg);

/* The name of a place of Hainan by its code of adcode@2020 (GB/T 2260 as of 2020), NULL for no such code. Codes of older
   editions mean other counties: 469025 was Ding'an and is Baisha. */
const char *sf_place_of_adcode_2020 (struct sf_span code);
/* Whether a feed's name of a county is the scheme's: equal, or without its last part ("海口" for 海口市, 白沙县 for
   白沙黎族自治县). */
bool sf_place_is_named (const char *name, struct sf_span given);

#endif
