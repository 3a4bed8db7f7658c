/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/fixes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* IBTrACS v04 CSV (Knapp et al. 2010; NOAA NCEI): row 1 names the columns, row 2 their units, then 3-hourly rows, UTC.
   Columns are found by name, so older and newer versions, subsets and other orders are read. Each row carries the
   reports of several agencies; every agency that gives a place becomes a fix of its own with its own averaging time.
   Blanks are missing; the basin "NA" is the North Atlantic and no missing value; all winds are knots, all radii
   nautical miles. IFLAG has one letter per agency, in the order of their columns: O original; P, I, V interpolated,
   kept as completed. 34 kn radii are force 8: see the option. */

enum
{
  COLUMNS_MAX = 400,
  AGENCIES_MAX = 24,
  QUADRANT_COLUMNS = SF_QUADRANTS
};

enum general_column
{
  SID,
  NAME,
  ISO_TIME,
  GENERAL_LAT,
  GENERAL_LON,
  WMO_AGENCY,
  IFLAG,
  GENERAL_COLUMNS
};

static const char *const general_names[GENERAL_COLUMNS]
    = { "SID", "NAME", "ISO_TIME", "LAT", "LON", "WMO_AGENCY", "IFLAG" };

/* Columns of one agency; index -1 where the file has none. */
struct agency
{
  const char *prefix;             /* "USA" */
  const struct sf_centre *centre; /* NULL for an archive that is no centre, and for the WMO columns */
  int flag;                       /* its letter in IFLAG; -1 none */
  int lat, lon, wind, pressure, grade, outer, roci, rmw, gust;
  int r34[QUADRANT_COLUMNS], r50[QUADRANT_COLUMNS], r64[QUADRANT_COLUMNS];
  int jma50[3], jma30[3]; /* direction, longest, shortest */
};

struct state
{
  struct sf_fix_state base;
  bool keep_r34;
  const char *const *wanted;
  size_t wanted_count;
  struct sf_span header[COLUMNS_MAX], row[COLUMNS_MAX];
  int columns, row_fields;
  int general[GENERAL_COLUMNS];
  struct agency agencies[AGENCIES_MAX];
  int agencies_count;
  char storm[24]; /* SID of the rows in the list */
};

static const char *const r34_choices[] = { "drop", "force7", NULL };

static const struct sf_option options[]
    = { { .name = "agencies",
          .type = SF_OPTION_TEXTS,
          .fallback = "",
          .help_en
          = "agencies to read by column prefix (USA, TOKYO, CMA, HKO, KMA, NEWDELHI ..., WMO for the merged track); "
            "empty: all but WMO",
          .help_zh = "读取哪些机构的列（USA、TOKYO、CMA、HKO、KMA、NEWDELHI等，WMO为合并路径）；空：除WMO外全部" },
        { .name = "r34",
          .type = SF_OPTION_ENUM,
          .fallback = "drop",
          .choices = r34_choices,
          .help_en = "34 kn radii (force 8): drop them, or take them for the force 7 ring, which is larger",
          .help_zh = "34节（8级）风圈：舍去，或当作七级风圈（实际七级风圈更大）" },
        { .name = NULL } };

static int
split (struct sf_span line, struct sf_span *fields)
{
  int count = 0;
  struct sf_span field;
  while (count < COLUMNS_MAX && sf_text_next_field (&line, ',', &field))
    fields[count++] = sf_span_trim (field);
  return count;
}

static int
identify (const uint8_t *bytes, size_t length)
{
  struct sf_span text = { (const char *) bytes, length }, line, field;
  long number = 0;
  if (length >= 3 && !memcmp (bytes, "\xef\xbb\xbf", 3))
    text = (struct sf_span){ text.text + 3, length - 3 };
  if (!sf_text_next_line (&text, &line, &number))
    return 0;
  bool sid = false, time = false;
  while (sf_text_next_field (&line, ',', &field))
    {
      sid |= sf_span_equal (sf_span_trim (field), "SID");
      time |= sf_span_equal (sf_span_trim (field), "ISO_TIME");
    }
  return sid && time ? 98 : 0;
}

static enum sf_code
open_decoder (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  struct state *state = sf_fix_state_new (sizeof *state, "ibtracs", err);
  if (!state)
    return SF_ENOMEM;
  state->keep_r34 = sf_settings_choice (host->settings, "r34") == 1;
  state->wanted_count = sf_settings_texts (host->settings, "agencies", &state->wanted);
  *ret_state = state;
  return SF_OK;
}

/* --- the header --- */

/* The column PREFIX_SUFFIX; -1 when there is none. */
static int
find_column (const struct state *state, const char *prefix, const char *suffix)
{
  size_t prefix_length = strlen (prefix), suffix_length = strlen (suffix);
  for (int i = 0; i < state->columns; i++)
    {
      struct sf_span name = state->header[i];
      if (name.length == prefix_length + 1 + suffix_length && !memcmp (name.text, prefix, prefix_length)
          && name.text[prefix_length] == '_' && !memcmp (name.text + prefix_length + 1, suffix, suffix_length))
        return i;
    }
  return -1;
}

static void
find_quadrants (const struct state *state, const char *prefix, const char *ring, int columns[QUADRANT_COLUMNS])
{
  static const char *const quadrants[] = { "NE", "SE", "SW", "NW" };
  for (int i = 0; i < QUADRANT_COLUMNS; i++)
    {
      char suffix[16] = "";
      strcat (strcat (suffix, ring), quadrants[i]);
      columns[i] = find_column (state, prefix, suffix);
    }
}

static void
find_jma_ring (const struct state *state, const char *prefix, const char *ring, int columns[3])
{
  static const char *const parts[] = { "DIR", "LONG", "SHORT" };
  for (int i = 0; i < 3; i++)
    {
      char suffix[16] = "";
      strcat (strcat (suffix, ring), parts[i]);
      columns[i] = find_column (state, prefix, suffix);
    }
}

static int
find_first (const struct state *state, const char *prefix, const char *const *suffixes)
{
  int column = -1;
  for (; *suffixes && column < 0; suffixes++)
    column = find_column (state, prefix, *suffixes);
  return column;
}

static bool
is_wanted (const struct state *state, const char *prefix)
{
  for (size_t i = 0; i < state->wanted_count; i++)
    if (!strcmp (state->wanted[i], prefix))
      return true;
  return !state->wanted_count && strcmp (prefix, "WMO");
}

static void
add_agency (struct state *state, const char *prefix, int flag)
{
  static const char *const grades[] = { "STATUS", "GRADE", "CAT", NULL };
  if (!is_wanted (state, prefix) || state->agencies_count == AGENCIES_MAX)
    return;
  struct agency *agency = &state->agencies[state->agencies_count++];
  *agency = (struct agency){ .prefix = prefix, .flag = flag };
  agency->centre
      = strcmp (prefix, "USA") ? sf_fixes_centre (sf_span_of (prefix)) : sf_fixes_centre (sf_span_of ("PGTW"));
  agency->lat = find_column (state, prefix, "LAT");
  agency->lon = find_column (state, prefix, "LON");
  agency->wind = find_column (state, prefix, "WIND");
  agency->pressure = find_column (state, prefix, "PRES");
  agency->grade = find_first (state, prefix, grades);
  agency->outer = find_column (state, prefix, "POCI");
  agency->roci = find_column (state, prefix, "ROCI");
  agency->rmw = find_column (state, prefix, "RMW");
  agency->gust = find_column (state, prefix, "GUST");
  find_quadrants (state, prefix, "R34_", agency->r34);
  find_quadrants (state, prefix, "R50_", agency->r50);
  find_quadrants (state, prefix, "R64_", agency->r64);
  find_jma_ring (state, prefix, "R50_", agency->jma50);
  find_jma_ring (state, prefix, "R30_", agency->jma30);
}

static bool
is_prefix (struct sf_span name)
{
  for (size_t i = 0; i < name.length; i++)
    if (!((name.text[i] >= 'A' && name.text[i] <= 'Z') || (name.text[i] >= '0' && name.text[i] <= '9')))
      return false;
  return name.length > 0 && name.length <= 16;
}

/* Every column PREFIX_LAT makes an agency; their order is that of the letters in IFLAG. */
static enum sf_code
find_agencies (struct state *state, struct sf_error *err)
{
  int flag = 0;
  state->agencies_count = 0;
  for (int i = 0; i < state->columns; i++)
    {
      struct sf_span name = state->header[i];
      if (name.length < 5 || memcmp (name.text + name.length - 4, "_LAT", 4)
          || !is_prefix ((struct sf_span){ name.text, name.length - 4 }))
        continue;
      char *prefix = sf_arena_strndup (&state->base.arena, name.text, name.length - 4);
      if (!prefix)
        return sf_fail (err, SF_ENOMEM, "ibtracs: out of memory");
      if (find_column (state, prefix, "LON") >= 0)
        add_agency (state, prefix, flag++);
    }
  if (state->general[GENERAL_LAT] >= 0 && state->general[GENERAL_LON] >= 0 && is_wanted (state, "WMO")
      && state->agencies_count < AGENCIES_MAX)
    {
      add_agency (state, "WMO", -1);
      state->agencies[state->agencies_count - 1].lat = state->general[GENERAL_LAT];
      state->agencies[state->agencies_count - 1].lon = state->general[GENERAL_LON];
    }
  return SF_OK;
}

static enum sf_code
read_header (struct state *state, const struct sf_message *message, struct sf_span line, struct sf_error *err)
{
  const char *source = sf_fixes_source (message);
  state->columns = split (line, state->header);
  for (int i = 0; i < GENERAL_COLUMNS; i++)
    {
      state->general[i] = -1;
      for (int k = 0; k < state->columns && state->general[i] < 0; k++)
        if (sf_span_equal (state->header[k], general_names[i]))
          state->general[i] = k;
    }
  if (state->general[SID] < 0 || state->general[ISO_TIME] < 0)
    return sf_fail (err, SF_EFORMAT, "%s: the first line has no columns SID and ISO_TIME: not an IBTrACS table",
                    source);
  SF_TRY (find_agencies (state, err));
  if (!state->agencies_count)
    return sf_fail (err, SF_EFORMAT, "%s: none of the wanted agencies has columns _LAT and _LON in the first line",
                    source);
  return SF_OK;
}

/* --- rows --- */

static struct sf_span
field_at (const struct state *state, int column)
{
  return column >= 0 && column < state->row_fields ? state->row[column] : (struct sf_span){ "", 0 };
}

/* False when the field holds something else than a number; blank gives NaN. */
static bool
number_at (const struct state *state, int column, double *ret_value)
{
  struct sf_span field = field_at (state, column);
  *ret_value = NAN;
  return !field.length || sf_text_parse_double (field, ret_value);
}

static bool
read_quadrants (const struct state *state, const int columns[QUADRANT_COLUMNS], struct sf_fix *fix, enum sf_ring ring)
{
  double given_km[SF_QUADRANTS];
  for (int i = 0; i < SF_QUADRANTS; i++)
    {
      if (!number_at (state, columns[i], &given_km[i]))
        return false;
      given_km[i] = sf_fixes_nmi_to_km (given_km[i]);
    }
  if (columns[0] >= 0)
    sf_fixes_set_ring (fix, ring, given_km, SF_QUADRANTS_NE_SE_SW_NW);
  return true;
}

static bool
read_jma_ring (const struct state *state, const int columns[3], struct sf_fix *fix, enum sf_ring ring)
{
  double direction, longest_nmi, shortest_nmi;
  if (!number_at (state, columns[0], &direction) || !number_at (state, columns[1], &longest_nmi)
      || !number_at (state, columns[2], &shortest_nmi))
    return false;
  if (direction >= 1 && direction <= 9 && longest_nmi > 0)
    sf_fixes_set_ring_jma (fix, ring, (int) direction, sf_fixes_nmi_to_km (longest_nmi),
                           sf_fixes_nmi_to_km (shortest_nmi));
  return true;
}

static const char *
read_grade (const struct state *state, const struct agency *agency)
{
  struct sf_span word = field_at (state, agency->grade);
  int64_t code;
  bool known;
  if (sf_text_parse_int (word, &code))
    return !strcmp (agency->prefix, "CMA")                                        ? sf_fixes_grade_of_cma (code, &known)
           : !strcmp (agency->prefix, "TOKYO") || !strcmp (agency->prefix, "KMA") ? sf_fixes_grade_of_jma (code, &known)
                                                                                  : NULL;
  if (sf_span_equal (word, "ST"))
    return strcmp (agency->prefix, "USA") ? "STY" : "SuperTY";
  /* In the status of US agencies "ET" says that the position was extrapolated, nothing of strength. */
  if (!strcmp (agency->prefix, "USA") && sf_span_equal (word, "ET"))
    return NULL;
  return sf_fixes_grade_of_word (word);
}

/* Values of one agency's columns; returns what cannot be read, or NULL. */
static const char *
read_values (const struct state *state, const struct agency *agency, struct sf_fix *fix)
{
  double wind_kn, gust_kn, roci_nmi, rmw_nmi;
  if (!number_at (state, agency->wind, &wind_kn))
    return "WIND";
  if (!number_at (state, agency->pressure, &fix->pressure_hpa))
    return "PRES";
  if (!number_at (state, agency->outer, &fix->environment_pressure_hpa) || !number_at (state, agency->roci, &roci_nmi)
      || !number_at (state, agency->rmw, &rmw_nmi) || !number_at (state, agency->gust, &gust_kn))
    return "POCI, ROCI, RMW or GUST";
  if ((state->keep_r34 && !read_quadrants (state, agency->r34, fix, SF_RING_FORCE7))
      || !read_quadrants (state, agency->r50, fix, SF_RING_FORCE10)
      || !read_quadrants (state, agency->r64, fix, SF_RING_FORCE12)
      || !read_jma_ring (state, agency->jma50, fix, SF_RING_FORCE10)
      || !read_jma_ring (state, agency->jma30, fix, SF_RING_FORCE7))
    return "a wind radius";
  fix->wind_mps = wind_kn > 0 ? sf_fixes_kn_to_mps (wind_kn) : NAN;
  fix->gust_mps = sf_fixes_kn_to_mps (gust_kn);
  fix->roci_km = sf_fixes_nmi_to_km (roci_nmi);
  fix->rmw_km = sf_fixes_nmi_to_km (rmw_nmi);
  if (fix->pressure_hpa == 0)
    fix->pressure_hpa = NAN;
  fix->grade = read_grade (state, agency);
  return NULL;
}

/* The merged columns are of the agency that WMO_AGENCY names, in its averaging time. */
static void
set_speaker (struct state *state, const struct agency *agency, struct sf_fix *fix)
{
  const struct sf_centre *centre = agency->centre;
  if (strcmp (agency->prefix, "WMO"))
    fix->agency = centre ? centre->indicator : agency->prefix;
  else
    {
      struct sf_span name = field_at (state, state->general[WMO_AGENCY]);
      bool american = name.length >= 4 && (!memcmp (name.text, "hurd", 4) || !memcmp (name.text, "atcf", 4));
      centre = american ? sf_fixes_centre (sf_span_of ("KNHC")) : sf_fixes_centre (name);
      fix->agency = "WMO";
    }
  fix->averaging_min = centre && !isnan (fix->wind_mps) ? centre->averaging_min : NAN;
}

static enum sf_code
decode_report (struct state *state, const struct agency *agency, struct sf_span line, long line_number, int64_t time_s,
               struct sf_error *err)
{
  struct sf_fixes *fixes = &state->base.fixes;
  struct sf_span lat = field_at (state, agency->lat), lon = field_at (state, agency->lon);
  if (!lat.length && !lon.length)
    return SF_OK;
  struct sf_record *record = sf_fixes_new (fixes, line_number);
  if (!record)
    return sf_fail (err, SF_ENOMEM, "%s:%ld: out of memory", sf_fixes_source (fixes->message), line_number);
  struct sf_fix *fix = &record->as.track;
  if (!sf_text_parse_double (lat, &fix->lat_deg) || !sf_text_parse_double (lon, &fix->lon_deg))
    {
      sf_fixes_reject (fixes, line_number, line, "storm %s: %s_LAT or %s_LON is no number", state->storm,
                       agency->prefix, agency->prefix);
      return SF_OK;
    }
  const char *fault = read_values (state, agency, fix);
  if (fault)
    {
      sf_fixes_reject (fixes, line_number, line, "storm %s: %s of %s is no number", state->storm, fault,
                       agency->prefix);
      return SF_OK;
    }
  record->valid_s = time_s;
  fix->storm = state->storm;
  struct sf_span name = field_at (state, state->general[NAME]), flags = field_at (state, state->general[IFLAG]);
  if (!sf_span_equal (name, "NOT_NAMED") && !sf_span_equal (name, "UNNAMED"))
    fix->name = sf_fixes_text (fixes, name);
  set_speaker (state, agency, fix);
  if (agency->flag >= 0 && (size_t) agency->flag < flags.length && strchr ("PIV", flags.text[agency->flag])
      && flags.text[agency->flag])
    record->quality = SF_QUALITY_COMPLETED_RELIABLE;
  return sf_fixes_add (fixes, record, line, err);
}

/* Begin the rows of another storm when the SID says so. */
static enum sf_code
follow_storm (struct state *state, struct sf_span sid, struct sf_error *err)
{
  if (sf_span_equal (sid, state->storm))
    return SF_OK;
  SF_TRY (sf_fixes_flush (&state->base.fixes, err));
  memcpy (state->storm, sid.text, sid.length);
  state->storm[sid.length] = '\0';
  return SF_OK;
}

static bool
is_sid (struct sf_span sid)
{
  bool good = sid.length >= 10 && sid.length < sizeof ((struct state *) 0)->storm;
  for (size_t i = 0; good && i < sid.length; i++)
    good = (sid.text[i] >= '0' && sid.text[i] <= '9') || (sid.text[i] >= 'A' && sid.text[i] <= 'Z');
  return good;
}

static enum sf_code
decode_row (struct state *state, struct sf_span line, long line_number, struct sf_error *err)
{
  struct sf_fixes *fixes = &state->base.fixes;
  state->row_fields = split (line, state->row);
  struct sf_span sid = field_at (state, state->general[SID]), time = field_at (state, state->general[ISO_TIME]);
  if (line_number == 2 && !sid.length && !time.length)
    return SF_OK;
  char text[32];
  int64_t time_s;
  if (!is_sid (sid))
    {
      sf_fixes_reject (fixes, line_number, line, "'%.*s' is no storm identifier (SID)",
                       (int) (sid.length < 24 ? sid.length : 24), sid.text);
      return SF_OK;
    }
  SF_TRY (follow_storm (state, sid, err));
  memcpy (text, time.text, time.length < sizeof text ? time.length : 0);
  text[time.length < sizeof text ? time.length : 0] = '\0';
  if (sf_time_parse_iso (text, 0, &time_s, NULL) != SF_OK)
    {
      sf_fixes_reject (fixes, line_number, line, "storm %s: '%s' is no time", state->storm, text);
      return SF_OK;
    }
  for (int i = 0; i < state->agencies_count; i++)
    SF_TRY (decode_report (state, &state->agencies[i], line, line_number, time_s, err));
  return SF_OK;
}

static enum sf_code
decode (void *opaque, const struct sf_message *message, const struct sf_sink *sink, struct sf_error *err)
{
  struct state *state = opaque;
  sf_arena_reset (&state->base.arena);
  sf_fixes_begin (&state->base.fixes, message, sink);
  state->storm[0] = '\0';
  struct sf_span text, line;
  long number = 0;
  SF_TRY (sf_fixes_view_text (&state->base.arena, message, &text, err));
  if (!sf_text_next_line (&text, &line, &number))
    return sf_fixes_verdict (&state->base.fixes, "an IBTrACS table", err);
  SF_TRY (read_header (state, message, line, err));
  while (sf_text_next_line (&text, &line, &number))
    if (sf_span_trim (line).length)
      SF_TRY (decode_row (state, line, number, err));
  SF_TRY (sf_fixes_flush (&state->base.fixes, err));
  return sf_fixes_verdict (&state->base.fixes, "rows of the wanted agencies under the header of an IBTrACS table", err);
}

static const struct sf_decoder decoder = {
  .cage = SF_CAGE_PURE,
  .formats = "IBTrACS v04 CSV",
  .identify = identify,
  .open = open_decoder,
  .decode = decode,
  .close = sf_fix_state_free,
};

SF_PLUGIN_EXPORT (ibtracs) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_DECODER,
  .name = "ibtracs",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "International Best Track Archive for Climate Stewardship, version 4 CSV",
  .summary_zh = "国际热带气旋最佳路径档案（IBTrACS）第4版CSV",
  .options = options,
  .as.decoder = &decoder,
};
