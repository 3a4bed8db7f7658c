/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_FIXES_H
#define SF_PLUGINS_DECODE_FIXES_H

#include "core/base/time.h"
#include "core/plugin/plugin.h"

/* What the six track decoders share: the working list of one storm's fixes with its checks, and the feeds' words.
   Linked into each decoder as a convenience library. */

/* --- the working list --- */

/* The fixes of one storm (or one message) while they are read. Texts of its records live in its arena.
   Put it in the decoder's state; begin and finish are paired per message, flush may be called any number of times
   between. */
struct sf_fixes
{
  struct sf_arena arena;
  struct sf_record **items;
  size_t count, capacity;
  const struct sf_message *message;
  const struct sf_sink *sink;
  bool out_of_memory;     /* a text could not be copied: the next flush fails instead of losing it silently */
  long emitted, rejected; /* since begin */
  char first_reason[256]; /* why the first piece since begin was rejected */
};

void sf_fixes_init (struct sf_fixes *fixes);
void sf_fixes_finish (struct sf_fixes *fixes);

/* What the state of every track decoder begins with, as its first member. */
struct sf_fix_state
{
  struct sf_fixes fixes;
  struct sf_arena arena; /* the message, where it had to be converted, and what is made of it */
};

/* Make a cleared state of state_bytes that begins with a struct sf_fix_state, made ready; decoder names it in the error.
   NULL when memory is out, with err filled. */
void *sf_fix_state_new (size_t state_bytes, const char *decoder, struct sf_error *err);
/* Free such a state with its fixes and arena; NULL is fine. Serves as a decoder's close. */
void sf_fix_state_free (void *state);
/* Start a message; what was left of another one is dropped. */
void sf_fixes_begin (struct sf_fixes *fixes, const struct sf_message *message, const struct sf_sink *sink);

/* A new record of kind track with the message's feed, source and reception; not in the list yet. NULL when memory is
 * out. */
struct sf_record *sf_fixes_new (struct sf_fixes *fixes, long line);
/* Put a fix into the list after looking at its ranges. Longitude is brought into -180..180 (226.0 E is -134); a
   latitude beyond 90 with a longitude within 90 is taken as exchanged, put right and flagged corrected/doubtful. A fix
   with a value that cannot be is rejected with file, line, storm and value, and SF_OK returned; only SF_ENOMEM is an
   error. base_s may be left missing for an analysis. piece is the text it was read from. */
enum sf_code sf_fixes_add (struct sf_fixes *fixes, struct sf_record *record, struct sf_span piece,
                           struct sf_error *err);
/* Check the fixes of the list against each other, emit them in the order they were added, and empty list and arena.
   Identical repetitions are emitted once; two different fixes of one track and time are both emitted and doubtful; a
   fix that a storm would have had to reach at more than 60 kn is doubtful unless the next two confirm it. */
enum sf_code sf_fixes_flush (struct sf_fixes *fixes, struct sf_error *err);

/* Quarantine a piece: the reason gets "source:line: " before it (line 0: "source: "). */
void sf_fixes_reject (struct sf_fixes *fixes, long line, struct sf_span piece, const char *format, ...)
    __attribute__ ((format (printf, 4, 5)));
/* Lower the quality of a record to doubtful and note why; a second reason is added to the first. */
enum sf_code sf_fixes_doubt (struct sf_fixes *fixes, struct sf_record *record, struct sf_error *err, const char *format,
                             ...) __attribute__ ((format (printf, 4, 5)));
/* SF_OK when something was emitted since begin; else SF_EFORMAT that says what was expected and why the first piece
 * fell. */
enum sf_code sf_fixes_verdict (const struct sf_fixes *fixes, const char *expected, struct sf_error *err);

/* A copy of a span in the list's arena as UTF-8: as it is when valid, else read as GB18030; NULL when it is empty,
   cannot be read as either or memory is out. */
char *sf_fixes_text (struct sf_fixes *fixes, struct sf_span span);
const char *sf_fixes_source (const struct sf_message *message);

/* Skip a UTF-8 byte order mark; turn UTF-16 with a mark into UTF-8 in the arena. Other bytes are viewed as they are, so
   that one damaged byte costs one line and not the file. */
enum sf_code sf_fixes_view_text (struct sf_arena *arena, const struct sf_message *message, struct sf_span *ret_text,
                                 struct sf_error *err);

/* --- rings --- */

enum sf_quadrant_order
{
  SF_QUADRANTS_NE_SE_SW_NW, /* NMC, ATCF, IBTrACS: clockwise */
  SF_QUADRANTS_NE_SE_NW_SW  /* typhoon.slt.zj.gov.cn: row by row */
};

enum sf_ring
{
  SF_RING_FORCE7,
  SF_RING_FORCE10,
  SF_RING_FORCE12
};

/* Set the four radii of a ring, given in a feed's order; stored NE, SE, SW, NW. Four zeros mean that no ring was issued
   (missing); a single zero stays zero. NaN stays missing. */
void sf_fixes_set_ring (struct sf_fix *fix, enum sf_ring ring, const double given_km[SF_QUADRANTS],
                        enum sf_quadrant_order order);
/* Set a ring from JMA's longest and shortest radius and the direction of the longest (1 NE, 2 E ... 8 N, 9 a circle).
   A circle gives four radii; a direction along an axis gives the two quadrants of that half the longest and the others
   the shortest; a diagonal one defines only its own quadrant and the opposite one, the two between stay missing. A
   radius or direction of 0 means none. */
void sf_fixes_set_ring_jma (struct sf_fix *fix, enum sf_ring ring, int direction, double longest_km,
                            double shortest_km);

/* --- units and words --- */

double sf_fixes_kn_to_mps (double speed_kn);
double sf_fixes_kmph_to_mps (double speed_kmph);
double sf_fixes_nmi_to_km (double distance_nmi);
/* 226.1 E is -133.9; what lies within -180..180 is left to the last bit, the rest is rounded to 1e-6 degree. */
double sf_fixes_wrap_lon_deg (double lon_deg);

/* The grade of CMA's best track code (0-6, 9) and of JMA's (2-9); NULL where the code says nothing about strength
   (JMA 7 and 9); *ret_known tells whether the code exists. Code 0 of CMA, weaker than a depression, is "LO". */
const char *sf_fixes_grade_of_cma (int64_t code, bool *ret_known);
const char *sf_fixes_grade_of_jma (int64_t code, bool *ret_known);
/* The grade of an agency's word: "TY", "SuperTY", "SUPER TY", "超强台风", "台风(TY)", "HU", "EX"; NULL if unknown. "ST"
   is not among them: JTWC means a super typhoon by it, Hong Kong a severe one. */
const char *sf_fixes_grade_of_word (struct sf_span word);
/* Degrees clockwise from north of "NW", "NNE", "西北西", "北东", "东北"; NaN for anything else. */
double sf_fixes_bearing_of_word (struct sf_span word);

/* A forecast centre: its WMO location indicator and the minutes its maximum wind is averaged over. */
struct sf_centre
{
  const char *indicator;
  double averaging_min;
  const char *names[6]; /* what feeds call it; ends with NULL */
};

/* Find by indicator or by any name ("中国", "日本", "JTWC", "tokyo"); NULL if unknown. */
const struct sf_centre *sf_fixes_centre (struct sf_span name);

#endif
