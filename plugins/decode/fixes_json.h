/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_FIXES_JSON_H
#define SF_PLUGINS_DECODE_FIXES_JSON_H

#include "plugins/decode/fixes.h"

#include <jansson.h>

/* To be called when a decoder is opened: the library draws the seed of its hash tables from a file of the system, which it
   would else open with the first object, when a cage allows no file any more. */
void sf_fixes_json_open (void);

/* Read a JSON message, bare or as JSONP "name({...});" with any name. Duplicate keys, bytes that are not
   UTF-8 and anything after the value are SF_EFORMAT with line and column; so are, before anything is built of them, more
   than 64 levels, 500000 values or 16 MiB (the largest message on record has 0.8 MB). *ret_root is the
   caller's (json_decref). */
enum sf_code sf_fixes_json_load (struct sf_arena *arena, const struct sf_message *message, json_t **ret_root,
                                 struct sf_error *err);

/* A number given as a number or as a text: absent, null and blank give NaN; false for anything else. */
bool sf_fixes_json_number (const json_t *value, double *ret_number);
/* A text that is not blank, else NULL; the value's own. */
const char *sf_fixes_json_text (const json_t *value);
/* An identity given as a text or a whole number, in the arena; NULL when it is neither. */
const char *sf_fixes_json_identity (struct sf_arena *arena, const json_t *value);
/* The first member of object that is there of a NULL-ended list of names; NULL when there is none. */
json_t *sf_fixes_json_any (const json_t *object, const char *const *names);

/* Reject a value: it is quarantined as compact JSON. */
void sf_fixes_json_reject (struct sf_fixes *fixes, const json_t *piece, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
/* Put a fix into the list; piece is what it was read from. */
enum sf_code sf_fixes_json_add (struct sf_fixes *fixes, struct sf_record *record, const json_t *piece,
                                struct sf_error *err);

/* How sure it is that bytes are a JSON message that holds a key (with its quotes) in the first 64 KiB: 0 or score. */
int sf_fixes_json_identify (const uint8_t *bytes, size_t length, const char *key, int score);

#endif
