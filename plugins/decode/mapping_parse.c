/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/mapping_plan.h"

#include "core/data/vocabulary.h"

#include <math.h>
#include <string.h>

enum
{
  PARTS_MAX = 16
};

struct parsing
{
  struct sf_arena *arena;
  struct sf_mapping *mapping;
  const struct sf_vocabulary *vocabulary;
  const char *reference; /* "column" or "pointer" */
};

static enum sf_code
fail_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory reading a mapping");
}

static enum sf_code
need_kind (const struct sf_yaml *node, enum sf_yaml_kind kind, const char *what, struct sf_error *err)
{
  if (node->kind != kind)
    return sf_yaml_fail (err, SF_ETYPE, node, "%s: expected %s, got %s", what, sf_yaml_kind_name (kind),
                         sf_yaml_kind_name (node->kind));
  return SF_OK;
}

/* --- references, templates, tokens --- */

static enum sf_code
refer (struct parsing *parsing, const struct sf_yaml *node, const char *name, int *ret_reference, struct sf_error *err)
{
  struct sf_mapping *mapping = parsing->mapping;
  if (!strcmp (name, "@source") || !strcmp (name, "@name"))
    {
      *ret_reference = name[1] == 's' ? SF_REFERENCE_SOURCE : SF_REFERENCE_NAME;
      return SF_OK;
    }
  for (size_t i = 0; i < mapping->references_count; i++)
    if (!strcmp (mapping->references[i], name))
      {
        *ret_reference = (int) i;
        return SF_OK;
      }
  if (!*name)
    return sf_yaml_fail (err, SF_EINVAL, node, "a name is empty");
  if (mapping->references_count == SF_MAPPING_REFERENCES_MAX)
    return sf_yaml_fail (err, SF_EINVAL, node, "more than %d values are named", SF_MAPPING_REFERENCES_MAX);
  if (mapping->references_count == mapping->references_capacity)
    {
      size_t capacity = 2 * mapping->references_capacity + 16;
      const char **more = sf_arena_calloc (parsing->arena, capacity, sizeof *more);
      if (!more)
        return fail_memory (err);
      if (mapping->references_count)
        memcpy (more, mapping->references, mapping->references_count * sizeof *more);
      mapping->references = more;
      mapping->references_capacity = capacity;
    }
  mapping->references[mapping->references_count] = name;
  *ret_reference = (int) mapping->references_count++;
  return SF_OK;
}

/* Take the next part off a template: "{NAME}", or text up to the next brace, "{{" being a brace itself. */
static enum sf_code
next_part (struct parsing *parsing, const struct sf_yaml *node, const char **rest, struct sf_mapping_part *ret_part,
           struct sf_error *err)
{
  const char *text = *rest;
  bool brace = text[0] == '{' && text[1] == '{', named = text[0] == '{' && !brace;
  size_t length = named ? strcspn (text, "}") : brace ? 1 + strcspn (text + 2, "{") : strcspn (text, "{");
  if (named && text[length] != '}')
    return sf_yaml_fail (err, SF_EINVAL, node, "'%s': a { without its }", node->text);
  size_t skip = named || brace;
  char *copy = sf_arena_strndup (parsing->arena, text + skip, length - (named ? 1 : 0));
  if (!copy)
    return fail_memory (err);
  *rest = text + length + (named || brace);
  *ret_part = (struct sf_mapping_part){ SF_REFERENCE_LITERAL, copy };
  return named ? refer (parsing, node, copy, &ret_part->reference, err) : SF_OK;
}

static enum sf_code
parse_template (struct parsing *parsing, const struct sf_yaml *node, struct sf_mapping_source *source,
                struct sf_error *err)
{
  struct sf_mapping_part *parts = sf_arena_calloc (parsing->arena, PARTS_MAX, sizeof *parts);
  if (!parts)
    return fail_memory (err);
  const char *rest = node->text;
  while (*rest)
    {
      if (source->parts_count == PARTS_MAX)
        return sf_yaml_fail (err, SF_EINVAL, node, "'%s': more than %d parts", node->text, PARTS_MAX);
      SF_TRY (next_part (parsing, node, &rest, &parts[source->parts_count++], err));
    }
  if (!source->parts_count)
    return sf_yaml_fail (err, SF_EINVAL, node, "%s: is empty", node->key ? node->key : "text");
  source->parts = parts;
  source->label = node->text;
  return SF_OK;
}

static enum sf_code
parse_reference (struct parsing *parsing, const struct sf_yaml *node, struct sf_mapping_source *source,
                 struct sf_error *err)
{
  struct sf_mapping_part *part = sf_arena_calloc (parsing->arena, 1, sizeof *part);
  SF_TRY (need_kind (node, SF_YAML_SCALAR, parsing->reference, err));
  source->label = sf_arena_printf (parsing->arena, "%s %s", parsing->reference, node->text);
  if (!part || !source->label)
    return fail_memory (err);
  source->parts = part;
  source->parts_count = 1;
  return refer (parsing, node, node->text, &part->reference, err);
}

static enum sf_code
parse_tokens (struct parsing *parsing, const struct sf_yaml *node, struct sf_tokens *ret_tokens, struct sf_error *err)
{
  if (!node)
    return SF_OK;
  SF_TRY (need_kind (node, SF_YAML_SEQUENCE, node->key ? node->key : "tokens", err));
  const char **texts = sf_arena_calloc (parsing->arena, node->count + 1, sizeof *texts);
  if (!texts)
    return fail_memory (err);
  for (size_t i = 0; i < node->count; i++)
    {
      SF_TRY (need_kind (node->items[i], SF_YAML_SCALAR, node->key ? node->key : "tokens", err));
      texts[i] = node->items[i]->text;
    }
  *ret_tokens = (struct sf_tokens){ texts, node->count };
  return SF_OK;
}

static enum sf_code
parse_scalar (const struct sf_yaml *owner, const char *key, const char **ret_text, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  if (!node)
    return SF_OK;
  SF_TRY (need_kind (node, SF_YAML_SCALAR, key, err));
  *ret_text = node->text;
  return SF_OK;
}

/* What every value may say besides; more: keys that its owner reads. */
static enum sf_code
check_value_keys (const struct parsing *parsing, const struct sf_yaml *node, const char *const *more,
                  struct sf_error *err)
{
  const char *keys[24] = { parsing->reference, "text", "prefix", "suffix", "missing", "optional" };
  size_t count = 6;
  for (; more && *more && count < 23; more++)
    keys[count++] = *more;
  return sf_yaml_check_keys (node, keys, err);
}

/* What a source needs a row to have, unless it says "optional". */
static void
note_needs (const struct parsing *parsing, const struct sf_mapping_source *source)
{
  for (size_t i = 0; i < source->parts_count && !source->optional; i++)
    if (source->parts[i].reference >= 0)
      parsing->mapping->needed[source->parts[i].reference] = true;
}

/* A value's source: {column: NAME} or {text: TEMPLATE} with prefix, suffix, missing, optional. */
static enum sf_code
parse_source_of (struct parsing *parsing, const struct sf_yaml *node, struct sf_mapping_source *ret_source,
                 struct sf_error *err)
{
  struct sf_mapping_source source = { 0 };
  const struct sf_yaml *named = sf_yaml_get (node, parsing->reference), *text = sf_yaml_get (node, "text");
  if (!named == !text)
    return sf_yaml_fail (err, SF_EINVAL, node, "expected one of '%s' and 'text'", parsing->reference);
  if (named)
    SF_TRY (parse_reference (parsing, named, &source, err));
  else
    {
      SF_TRY (need_kind (text, SF_YAML_SCALAR, "text", err));
      SF_TRY (parse_template (parsing, text, &source, err));
    }
  SF_TRY (parse_scalar (node, "prefix", &source.prefix, err));
  SF_TRY (parse_scalar (node, "suffix", &source.suffix, err));
  SF_TRY (parse_tokens (parsing, sf_yaml_get (node, "missing"), &source.missing, err));
  if (sf_yaml_get (node, "optional"))
    SF_TRY (sf_yaml_bool (sf_yaml_get (node, "optional"), &source.optional, err));
  note_needs (parsing, &source);
  *ret_source = source;
  return SF_OK;
}

/* The same, or a template alone; absent: no parts. */
static enum sf_code
parse_text (struct parsing *parsing, const struct sf_yaml *owner, const char *key, struct sf_mapping_source *ret_source,
            struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  if (!node)
    return SF_OK;
  if (node->kind == SF_YAML_SCALAR)
    {
      SF_TRY (parse_template (parsing, node, ret_source, err));
      note_needs (parsing, ret_source);
      return SF_OK;
    }
  SF_TRY (check_value_keys (parsing, node, NULL, err));
  return parse_source_of (parsing, node, ret_source, err);
}

/* --- numbers and times --- */

static enum sf_code
parse_unit (const struct sf_yaml *node, const char *wanted, struct sf_unit_conversion *ret_unit, struct sf_error *err)
{
  const char *unit = NULL;
  SF_TRY (parse_scalar (node, "unit", &unit, err));
  if (!unit)
    return sf_yaml_fail (err, SF_EINVAL, node,
                         "'unit' is missing: the unit that the source writes (here it becomes %s)", wanted);
  if (sf_unit_find (unit, wanted, ret_unit))
    return SF_OK;
  const char *nearest = sf_unit_nearest (unit);
  return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (node, "unit"), "unit '%s' cannot become %s%s%s%s", unit, wanted,
                       nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* unit: what the number shall be in; NULL: the mapping says none. */
static enum sf_code
parse_number_of (struct parsing *parsing, const struct sf_yaml *node, const char *unit,
                 struct sf_mapping_number *ret_number, struct sf_error *err)
{
  struct sf_mapping_number number = { .scale = 1, .unit = { 1, 1, 0 } };
  SF_TRY (parse_source_of (parsing, node, &number.source, err));
  if (sf_yaml_get (node, "scale"))
    SF_TRY (sf_yaml_double (sf_yaml_get (node, "scale"), &number.scale, err));
  if (sf_yaml_get (node, "offset"))
    SF_TRY (sf_yaml_double (sf_yaml_get (node, "offset"), &number.offset, err));
  if (number.scale == 0)
    return sf_yaml_fail (err, SF_ERANGE, sf_yaml_get (node, "scale"), "scale: 0 leaves nothing of a value");
  if (unit)
    SF_TRY (parse_unit (node, unit, &number.unit, err));
  *ret_number = number;
  return SF_OK;
}

static enum sf_code
parse_number (struct parsing *parsing, const struct sf_yaml *owner, const char *key, const char *unit,
              struct sf_mapping_number *ret_number, struct sf_error *err)
{
  static const char *const keys[] = { "scale", "offset", NULL }, *const with_unit[]
                                                                 = { "scale", "offset", "unit", NULL };
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  if (!node)
    return SF_OK;
  SF_TRY (need_kind (node, SF_YAML_MAPPING, key, err));
  SF_TRY (check_value_keys (parsing, node, unit ? with_unit : keys, err));
  return parse_number_of (parsing, node, unit, ret_number, err);
}

static enum sf_code
parse_time (struct parsing *parsing, const struct sf_yaml *owner, const char *key, struct sf_mapping_time *ret_time,
            struct sf_error *err)
{
  static const char *const keys[] = { "format", "zone", NULL };
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  if (!node)
    return SF_OK;
  if (node->kind == SF_YAML_SCALAR && !strcmp (node->text, "received"))
    {
      ret_time->received = true;
      ret_time->source.label = "time of reception";
      return SF_OK;
    }
  if (node->kind != SF_YAML_MAPPING)
    return sf_yaml_fail (err, SF_ETYPE, node, "%s: expected {%s: ..., format: ..., zone: ...} or received", key,
                         parsing->reference);
  SF_TRY (check_value_keys (parsing, node, keys, err));
  SF_TRY (parse_source_of (parsing, node, &ret_time->source, err));
  return sf_time_format_parse (node, &ret_time->format, err);
}

/* --- the parts of a plan --- */

static enum sf_code
parse_place (struct parsing *parsing, const struct sf_yaml *owner, struct sf_mapping_plan *plan, struct sf_error *err)
{
  static const char *const keys[] = { "lon", "lat", "crs", "form", NULL };
  static const char *const systems[] = { "wgs84", "cgcs2000", "gcj02" };
  const struct sf_yaml *node = sf_yaml_get (owner, "position");
  const char *crs = NULL, *form = "degrees";
  if (!node)
    return SF_OK;
  SF_TRY (need_kind (node, SF_YAML_MAPPING, "position", err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (parse_number (parsing, node, "lon", NULL, &plan->lon, err));
  SF_TRY (parse_number (parsing, node, "lat", NULL, &plan->lat, err));
  SF_TRY (parse_scalar (node, "crs", &crs, err));
  SF_TRY (parse_scalar (node, "form", &form, err));
  if (!plan->lon.source.parts_count || !plan->lat.source.parts_count || !crs)
    return sf_yaml_fail (err, SF_EINVAL, node, "position: expected lon, lat and crs (wgs84, cgcs2000 or gcj02)");
  for (size_t i = 0; i < 3; i++)
    if (!strcmp (crs, systems[i]))
      plan->crs = (enum sf_place_crs) i;
  if (strcmp (crs, systems[plan->crs]))
    return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (node, "crs"), "crs: '%s' is none of wgs84, cgcs2000, gcj02", crs);
  plan->dms = !strcmp (form, "dms");
  if (!plan->dms && strcmp (form, "degrees"))
    return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (node, "form"), "form: '%s' is none of degrees, dms", form);
  return SF_OK;
}

static enum sf_code
parse_quantity (struct parsing *parsing, const struct sf_yaml *node, struct sf_mapping_quantity *quantity,
                struct sf_error *err)
{
  static const char *const keys[] = { "quantity", "unit", "scale", "offset", "period", "when_missing", NULL };
  const char *period = NULL, *when = "leave_out";
  SF_TRY (need_kind (node, SF_YAML_MAPPING, "quantities", err));
  SF_TRY (check_value_keys (parsing, node, keys, err));
  SF_TRY (parse_scalar (node, "quantity", &quantity->name, err));
  const struct sf_quantity *known
      = quantity->name ? sf_vocabulary_quantity (parsing->vocabulary, quantity->name) : NULL;
  if (!known)
    return sf_yaml_fail (err, SF_EINVAL, node,
                         "quantity '%s' is not in the vocabulary (share/vocabulary/quantities.yaml)",
                         quantity->name ? quantity->name : "");
  SF_TRY (parse_number_of (parsing, node, known->unit, &quantity->number, err));
  SF_TRY (parse_scalar (node, "period", &period, err));
  SF_TRY (parse_scalar (node, "when_missing", &when, err));
  if (period && sf_time_parse_duration (period, &quantity->period_s, err) != SF_OK)
    return sf_yaml_prefix (err, SF_EINVAL, sf_yaml_get (node, "period"), "period");
  quantity->keep_missing = !strcmp (when, "record");
  if (!quantity->keep_missing && strcmp (when, "leave_out"))
    return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (node, "when_missing"),
                         "when_missing: '%s' is none of leave_out, record", when);
  return SF_OK;
}

static enum sf_code
parse_quantities (struct parsing *parsing, const struct sf_yaml *owner, struct sf_mapping_plan *plan,
                  struct sf_error *err)
{
  const struct sf_yaml *list = sf_yaml_get (owner, "quantities");
  if (!list || !list->count)
    return sf_yaml_fail (err, SF_EINVAL, owner, "'quantities' is missing: a list of {quantity, %s, unit}",
                         parsing->reference);
  SF_TRY (need_kind (list, SF_YAML_SEQUENCE, "quantities", err));
  plan->quantities = sf_arena_calloc (parsing->arena, list->count, sizeof *plan->quantities);
  if (!plan->quantities)
    return fail_memory (err);
  for (size_t i = 0; i < list->count; i++)
    SF_TRY (parse_quantity (parsing, list->items[i], &plan->quantities[i], err));
  plan->quantities_count = list->count;
  return SF_OK;
}

static enum sf_code
parse_attributes (struct parsing *parsing, const struct sf_yaml *owner, struct sf_mapping_plan *plan,
                  struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, "attributes");
  if (!node)
    return SF_OK;
  SF_TRY (need_kind (node, SF_YAML_MAPPING, "attributes", err));
  plan->attributes = sf_arena_calloc (parsing->arena, node->count, sizeof *plan->attributes);
  if (!plan->attributes)
    return fail_memory (err);
  for (size_t i = 0; i < node->count; i++)
    {
      plan->attributes[i].name = node->keys[i]->text;
      if (strpbrk (node->keys[i]->text, "=\r\n"))
        return sf_yaml_fail (err, SF_EINVAL, node->keys[i], "an attribute's name has no = and one line");
      SF_TRY (parse_text (parsing, node, node->keys[i]->text, &plan->attributes[i].source, err));
    }
  plan->attributes_count = node->count;
  return SF_OK;
}

static enum sf_code
parse_quality (struct parsing *parsing, const struct sf_yaml *owner, struct sf_mapping_quality *quality,
               struct sf_error *err)
{
  static const char *const keys[] = { "reliable", "doubtful", "unreliable", "absent", NULL };
  const struct sf_yaml *node = sf_yaml_get (owner, "quality");
  if (!node)
    return SF_OK;
  SF_TRY (need_kind (node, SF_YAML_MAPPING, "quality", err));
  SF_TRY (check_value_keys (parsing, node, keys, err));
  SF_TRY (parse_source_of (parsing, node, &quality->source, err));
  SF_TRY (parse_tokens (parsing, sf_yaml_get (node, "reliable"), &quality->reliable, err));
  SF_TRY (parse_tokens (parsing, sf_yaml_get (node, "doubtful"), &quality->doubtful, err));
  SF_TRY (parse_tokens (parsing, sf_yaml_get (node, "unreliable"), &quality->unreliable, err));
  return parse_tokens (parsing, sf_yaml_get (node, "absent"), &quality->missing, err);
}

static enum sf_code
parse_filter (struct parsing *parsing, const struct sf_yaml *owner, struct sf_mapping_filter *only,
              struct sf_error *err)
{
  static const char *const keys[] = { "is", NULL };
  const struct sf_yaml *node = sf_yaml_get (owner, "only");
  if (!node)
    return SF_OK;
  SF_TRY (need_kind (node, SF_YAML_MAPPING, "only", err));
  SF_TRY (check_value_keys (parsing, node, keys, err));
  SF_TRY (parse_source_of (parsing, node, &only->source, err));
  if (!sf_yaml_get (node, "is"))
    return sf_yaml_fail (err, SF_EINVAL, node, "only: 'is' is missing: the list of values that are wanted");
  return parse_tokens (parsing, sf_yaml_get (node, "is"), &only->tokens, err);
}

static enum sf_code
parse_codes (struct parsing *parsing, const struct sf_yaml *owner, struct sf_mapping_plan *plan, struct sf_error *err)
{
  static const char *const keys[] = { "scheme", "code", "name", NULL };
  const struct sf_yaml *node = sf_yaml_get (owner, "codes");
  const char *scheme = "";
  if (!node)
    return SF_OK;
  SF_TRY (need_kind (node, SF_YAML_MAPPING, "codes", err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (parse_scalar (node, "scheme", &scheme, err));
  if (strcmp (scheme, "adcode@2020"))
    return sf_yaml_fail (err, SF_EINVAL, node, "codes: scheme '%s' is not known; there is adcode@2020", scheme);
  SF_TRY (parse_text (parsing, node, "code", &plan->code, err));
  SF_TRY (parse_text (parsing, node, "name", &plan->code_name, err));
  if (!plan->code.parts_count)
    return sf_yaml_fail (err, SF_EINVAL, node, "codes: 'code' is missing");
  return SF_OK;
}

/* --- a plan --- */

/* Which keys go with which kind; unit: of a figure. */
struct member
{
  enum sf_record_kind kind;
  const char *key;
  int index;
  const char *unit;
};

static const struct member text_members[] = {
  { SF_RECORD_ASSET, "type", SF_MAPPING_TYPE, NULL },       { SF_RECORD_ASSET, "name", SF_MAPPING_NAME, NULL },
  { SF_RECORD_ASSET, "name_zh", SF_MAPPING_NAME_ZH, NULL }, { SF_RECORD_ASSET, "datum", SF_MAPPING_DATUM, NULL },
  { SF_RECORD_POSITION, "type", SF_MAPPING_TYPE, NULL },    { SF_RECORD_POSITION, "status", SF_MAPPING_STATUS, NULL },
  { SF_RECORD_EVENT, "type", SF_MAPPING_TYPE, NULL },       { SF_RECORD_EVENT, "level", SF_MAPPING_LEVEL, NULL },
  { SF_RECORD_EVENT, "status", SF_MAPPING_STATUS, NULL },   { SF_RECORD_EVENT, "headline", SF_MAPPING_HEADLINE, NULL },
  { SF_RECORD_EVENT, "area", SF_MAPPING_AREA, NULL },
};

static const struct member figure_members[] = {
  { SF_RECORD_ASSET, "elevation", SF_MAPPING_ELEVATION, "m" },
  { SF_RECORD_POSITION, "speed", SF_MAPPING_SPEED, "m s-1" },
  { SF_RECORD_POSITION, "course", SF_MAPPING_COURSE, "degree" },
  { SF_RECORD_POSITION, "heading", SF_MAPPING_HEADING, "degree" },
};

static const struct member moment_members[] = {
  { SF_RECORD_EVENT, "begin", SF_MAPPING_BEGIN, NULL },
  { SF_RECORD_EVENT, "end", SF_MAPPING_END, NULL },
  { SF_RECORD_EVENT, "issued", SF_MAPPING_ISSUED, NULL },
};

#define COUNT(array) (sizeof (array) / sizeof *(array))

static enum sf_code
check_plan_keys (const struct sf_yaml *node, enum sf_record_kind kind, struct sf_error *err)
{
  const char *keys[32] = { "record", "id", "time", "position", "only", "codes", "quality" };
  size_t count = 7;
  if (kind == SF_RECORD_OBSERVATION)
    keys[count++] = "quantities";
  if (kind == SF_RECORD_ASSET)
    keys[count++] = "attributes";
  for (size_t i = 0; i < COUNT (text_members); i++)
    if (text_members[i].kind == kind)
      keys[count++] = text_members[i].key;
  for (size_t i = 0; i < COUNT (figure_members); i++)
    if (figure_members[i].kind == kind)
      keys[count++] = figure_members[i].key;
  for (size_t i = 0; i < COUNT (moment_members); i++)
    if (moment_members[i].kind == kind)
      keys[count++] = moment_members[i].key;
  return sf_yaml_check_keys (node, keys, err);
}

static enum sf_code
parse_record_kind (const struct sf_yaml *node, enum sf_record_kind *ret_kind, struct sf_error *err)
{
  static const enum sf_record_kind kinds[]
      = { SF_RECORD_OBSERVATION, SF_RECORD_ASSET, SF_RECORD_POSITION, SF_RECORD_EVENT };
  const char *name = "";
  SF_TRY (need_kind (node, SF_YAML_MAPPING, "map", err));
  SF_TRY (parse_scalar (node, "record", &name, err));
  for (size_t i = 0; i < COUNT (kinds); i++)
    if (!strcmp (name, sf_record_kind_name (kinds[i], 0)))
      {
        *ret_kind = kinds[i];
        return SF_OK;
      }
  return sf_yaml_fail (err, SF_EINVAL, node, "record: '%s' is none of observation, asset, position, event", name);
}

static enum sf_code
parse_members (struct parsing *parsing, const struct sf_yaml *node, struct sf_mapping_plan *plan, struct sf_error *err)
{
  for (size_t i = 0; i < COUNT (text_members); i++)
    if (text_members[i].kind == plan->kind)
      SF_TRY (parse_text (parsing, node, text_members[i].key, &plan->texts[text_members[i].index], err));
  for (size_t i = 0; i < COUNT (figure_members); i++)
    if (figure_members[i].kind == plan->kind)
      SF_TRY (parse_number (parsing, node, figure_members[i].key, figure_members[i].unit,
                            &plan->figures[figure_members[i].index], err));
  for (size_t i = 0; i < COUNT (moment_members); i++)
    if (moment_members[i].kind == plan->kind)
      SF_TRY (parse_time (parsing, node, moment_members[i].key, &plan->moments[moment_members[i].index], err));
  if (plan->kind == SF_RECORD_OBSERVATION)
    return parse_quantities (parsing, node, plan, err);
  return plan->kind == SF_RECORD_ASSET ? parse_attributes (parsing, node, plan, err) : SF_OK;
}

/* What costs a record where it is lacking, and says so itself. */
static enum sf_code
settle_vital (struct sf_mapping_plan *plan, const struct sf_yaml *node, struct sf_error *err)
{
  bool placed = plan->kind == SF_RECORD_POSITION;
  struct sf_mapping_source *const sources[]
      = { &plan->id, &plan->time.source, &plan->code, &plan->lon.source, &plan->lat.source };
  for (size_t i = 0; i < (placed ? COUNT (sources) : COUNT (sources) - 2); i++)
    {
      sources[i]->vital = true;
      if (sources[i]->optional)
        return sf_yaml_fail (err, SF_EINVAL, node, "%s: is not optional: there is no record without it",
                             sources[i]->label);
    }
  return SF_OK;
}

static enum sf_code
parse_plan (struct parsing *parsing, const struct sf_yaml *node, struct sf_mapping_plan *plan, struct sf_error *err)
{
  SF_TRY (parse_record_kind (node, &plan->kind, err));
  SF_TRY (check_plan_keys (node, plan->kind, err));
  SF_TRY (parse_text (parsing, node, "id", &plan->id, err));
  SF_TRY (parse_time (parsing, node, "time", &plan->time, err));
  if (!plan->id.parts_count)
    return sf_yaml_fail (err, SF_EINVAL, node, "'id' is missing: whose the record is");
  if (!plan->time.received && !plan->time.source.parts_count)
    return sf_yaml_fail (err, SF_EINVAL, node, "'time' is missing: when it was so; received where the data say it not");
  SF_TRY (parse_place (parsing, node, plan, err));
  if (plan->kind == SF_RECORD_POSITION && !plan->lon.source.parts_count)
    return sf_yaml_fail (err, SF_EINVAL, node, "'position' is missing");
  SF_TRY (parse_filter (parsing, node, &plan->only, err));
  SF_TRY (parse_codes (parsing, node, plan, err));
  SF_TRY (settle_vital (plan, node, err));
  SF_TRY (parse_quality (parsing, node, &plan->quality, err));
  return parse_members (parsing, node, plan, err);
}

/* One sign of a setting, '\0' when it is not set. */
static enum sf_code
parse_sign (const struct sf_settings *settings, const char *name, const char *allowed, char *ret_sign,
            struct sf_error *err)
{
  const char *text = sf_settings_text (settings, name);
  *ret_sign = text ? text[0] : '\0';
  if (text && (!text[0] || text[1] || !strchr (allowed, text[0])))
    return sf_fail (err, SF_EINVAL, "%s: '%s' is none of the signs %s", name, text, allowed);
  return SF_OK;
}

enum sf_code
sf_mapping_new (struct sf_arena *arena, const struct sf_host *host, const char *reference,
                const struct sf_mapping **ret_mapping, struct sf_error *err)
{
  struct sf_mapping *mapping = sf_arena_calloc (arena, 1, sizeof *mapping);
  const struct sf_yaml *map = sf_settings_tree (host->settings, "map");
  struct parsing parsing = { arena, mapping, host->vocabulary, reference };
  if (!mapping)
    return fail_memory (err);
  if (!map || !host->vocabulary)
    return sf_fail (err, SF_EINVAL, "%s: %s", host->component,
                    map ? "the vocabulary of quantities is not loaded" : "'map' is missing: what becomes of a row");
  mapping->reference = reference;
  mapping->needed = sf_arena_calloc (arena, SF_MAPPING_REFERENCES_MAX, sizeof *mapping->needed);
  if (!mapping->needed)
    return fail_memory (err);
  mapping->missing.count = sf_settings_texts (host->settings, "missing", &mapping->missing.texts);
  SF_TRY (parse_sign (host->settings, "decimal", ".,", &mapping->decimal, err));
  SF_TRY (parse_sign (host->settings, "thousands", ".,' _", &mapping->thousands, err));
  if (mapping->decimal == mapping->thousands)
    return sf_fail (err, SF_EINVAL, "%s: decimal and thousands are the same sign", host->component);
  bool list = map->kind == SF_YAML_SEQUENCE;
  mapping->plans_count = list ? map->count : 1;
  mapping->plans = sf_arena_calloc (arena, mapping->plans_count, sizeof *mapping->plans);
  if (!mapping->plans)
    return fail_memory (err);
  if (!mapping->plans_count)
    return sf_yaml_fail (err, SF_EINVAL, map, "map: an empty list");
  for (size_t i = 0; i < mapping->plans_count; i++)
    SF_TRY (parse_plan (&parsing, list ? map->items[i] : map, &mapping->plans[i], err));
  *ret_mapping = mapping;
  return SF_OK;
}

void
sf_mapped_state_free (void *opaque)
{
  struct sf_mapped_state *state = opaque;
  if (!state)
    return;
  sf_arena_finish (&state->settings);
  sf_arena_finish (&state->row);
  sf_fix_state_free (state);
}
