/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_CONFORMANCE_PROTOCOL_MILL_H
#define SF_TESTS_CONFORMANCE_PROTOCOL_MILL_H

#include "core/plugin/plugin.h"

/* What every protocol is put through: a stream is given to it in pieces, as a transport does, and every promise of struct
   sf_protocol is looked at: progress, bounds, terminated texts in UTF-8, replies within their length, and the same frames
   and replies whatever the pieces are. */

struct protocol_sample
{
  const struct sf_plugin *plugin;
  const char *path;
  const uint8_t *bytes; /* a stream of whole frames */
  size_t length;
};

/* Abort the test (libcheck) when a rule is broken. */
void protocol_good (const struct protocol_sample *sample);      /* whole frames only, in pieces of every size */
void protocol_split (const struct protocol_sample *sample);     /* in two, at every byte */
void protocol_truncated (const struct protocol_sample *sample); /* ended at every byte */
void protocol_flipped (const struct protocol_sample *sample, unsigned seed);
/* Noise between the frames costs none of them; false starts neither. */
void protocol_noise (const struct protocol_sample *sample, unsigned seed);
void protocol_floods (const struct sf_plugin *plugin, unsigned seed); /* empty, a long run of noise, of one byte */

#endif
