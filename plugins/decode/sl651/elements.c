/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/sl651/elements.h"

#include "core/base/time.h"
#include "core/base/yaml.h"
#include "plugins/telemetry/bytes.h"

#include <math.h>
#include <string.h>

static const char *const keys[]
    = { "id", "name", "kind", "quantity", "factor", "period", "part", "closed", "unknown", NULL };

static enum sf_code
read_id (const struct sf_yaml *node, uint16_t *ret_id, struct sf_error *err)
{
  const struct sf_yaml *id;
  uint8_t bytes[2] = { 0 };
  SF_TRY (sf_yaml_need (node, "id", SF_YAML_SCALAR, &id, err));
  size_t digits = strlen (id->text);
  if ((digits != 2 && digits != 4) || !sf_bytes_from_hex (id->text, digits / 2, bytes)
      || (digits == 4) != (bytes[0] == 0xff))
    return sf_yaml_fail (err, SF_EINVAL, id, "'%s' is no element: two hexadecimal digits, or FF and two", id->text);
  *ret_id = digits == 2 ? bytes[0] : sf_bytes_u16 (bytes);
  return SF_OK;
}

static enum sf_code
read_kind (const struct sf_yaml *node, enum element_kind *ret_kind, struct sf_error *err)
{
  static const char *const names[]
      = { "number", "day_rain", "gate", "step", "status", "rain_5min", "level_5min", "ignore" };
  const struct sf_yaml *kind = sf_yaml_get (node, "kind");
  const char *text = sf_yaml_text (node, "kind", "number");
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (!strcmp (text, names[i]))
      {
        *ret_kind = (enum element_kind) i;
        return SF_OK;
      }
  const char *nearest = sf_text_nearest (text, names, sizeof names / sizeof names[0]);
  return sf_yaml_fail (err, SF_EINVAL, kind, "unknown kind '%s'; did you mean '%s'?", text,
                       nearest ? nearest : "number");
}

static enum sf_code
read_quantity (const struct sf_yaml *node, const struct sf_vocabulary *vocabulary, struct element *element,
               struct sf_error *err)
{
  bool is_wanted = element->kind == ELEMENT_NUMBER || element->kind == ELEMENT_DAY_RAIN
                   || element->kind == ELEMENT_RAIN_5MIN || element->kind == ELEMENT_LEVEL_5MIN;
  element->quantity = sf_yaml_text (node, "quantity", NULL);
  if (is_wanted && !element->quantity)
    return sf_yaml_fail (err, SF_EINVAL, node, "element %02X: 'quantity' is missing", element->id);
  if (element->quantity && vocabulary && !sf_vocabulary_quantity (vocabulary, element->quantity))
    return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (node, "quantity"), "'%s' is no quantity of the vocabulary",
                         element->quantity);
  return SF_OK;
}

static enum sf_code
read_codes (const struct sf_yaml *node, struct element *element, struct sf_error *err)
{
  const struct sf_yaml *unknown = sf_yaml_get (node, "unknown"), *closed = sf_yaml_get (node, "closed");
  struct sf_span rest = sf_span_of (unknown ? sf_yaml_text (node, "unknown", "") : ""), word;
  element->closed = NAN;
  if (closed)
    SF_TRY (sf_yaml_double (closed, &element->closed, err));
  while (sf_text_next_word (&rest, &word))
    if (element->unknown_count == ELEMENT_CODES
        || !sf_text_parse_double (word, &element->unknown[element->unknown_count++]))
      return sf_yaml_fail (err, SF_EINVAL, unknown, "'%.*s' is no code, or one too many", (int) word.length, word.text);
  return SF_OK;
}

static enum sf_code
read_element (const struct sf_yaml *node, const struct sf_vocabulary *vocabulary, struct element *element,
              struct sf_error *err)
{
  const struct sf_yaml *name, *factor = sf_yaml_get (node, "factor"), *period = sf_yaml_get (node, "period");
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (read_id (node, &element->id, err));
  SF_TRY (sf_yaml_need (node, "name", SF_YAML_SCALAR, &name, err));
  SF_TRY (read_kind (node, &element->kind, err));
  SF_TRY (read_quantity (node, vocabulary, element, err));
  SF_TRY (read_codes (node, element, err));
  element->name = name->text;
  element->part = sf_yaml_text (node, "part", NULL);
  element->factor = 1;
  if (factor)
    SF_TRY (sf_yaml_double_in (factor, -1e9, 1e9, &element->factor, err));
  if (period)
    SF_TRY (sf_yaml_prefix (err, sf_time_parse_duration (sf_yaml_text (node, "period", ""), &element->period_s, err),
                            period, "period"));
  return SF_OK;
}

enum sf_code
elements_load (struct sf_arena *arena, const char *path, const struct sf_vocabulary *vocabulary,
               struct elements *elements, struct sf_error *err)
{
  static const char *const top[] = { "elements", NULL };
  struct sf_yaml *root;
  const struct sf_yaml *list;
  SF_TRY (sf_yaml_load (arena, path, &root, err));
  SF_TRY (sf_yaml_check_keys (root, top, err));
  SF_TRY (sf_yaml_need (root, "elements", SF_YAML_SEQUENCE, &list, err));
  *elements = (struct elements){ .items = sf_arena_calloc (arena, list->count + 1, sizeof *elements->items) };
  if (!elements->items)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory for %zu elements", path, list->count);
  for (size_t i = 0; i < list->count; i++)
    {
      struct element *element = &elements->items[elements->count++];
      SF_TRY (read_element (list->items[i], vocabulary, element, err));
      const struct element **place = &elements->by_id[element->id > 0xff][element->id & 0xff];
      if (*place)
        return sf_yaml_fail (err, SF_ECONFLICT, list->items[i], "element %02X stands there twice", element->id);
      *place = element;
    }
  return SF_OK;
}

const struct element *
elements_by_id (const struct elements *elements, uint16_t id)
{
  return elements->by_id[id > 0xff][id & 0xff];
}

const struct element *
elements_by_name (const struct elements *elements, struct sf_span name)
{
  for (size_t i = 0; i < elements->count; i++)
    if (sf_span_equal (name, elements->items[i].name))
      return &elements->items[i];
  return NULL;
}

double
element_value (const struct element *element, double sent)
{
  for (size_t i = 0; i < element->unknown_count; i++)
    if (sent == element->unknown[i])
      return NAN;
  return sent == element->closed ? 0 : sent * element->factor;
}
