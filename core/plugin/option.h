/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_PLUGIN_OPTION_H
#define SF_CORE_PLUGIN_OPTION_H

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/yaml.h"

#include <stdbool.h>
#include <stdint.h>

enum sf_option_type
{
  SF_OPTION_TEXT,
  SF_OPTION_DOUBLE,
  SF_OPTION_INT,
  SF_OPTION_BOOL,
  SF_OPTION_ENUM,     /* one of choices */
  SF_OPTION_TIME,     /* ISO 8601 with a zone */
  SF_OPTION_DURATION, /* 30min, 6h, 3d */
  SF_OPTION_TEXTS,    /* a list of texts */
  SF_OPTION_DOUBLES,  /* a list of numbers */
  SF_OPTION_PATH,     /* a file; relative to the folder of the YAML file that names it, else to the current folder */
  SF_OPTION_TREE      /* a mapping or list of the plugin's own shape, which the plugin checks */
};

/* One setting. A table of them, ended by name NULL, gives parsing, defaults, bounds, --help, man page and schema. */
struct sf_option
{
  const char *name;
  enum sf_option_type type;
  const char *unit;           /* NULL where there is none */
  const char *fallback;       /* the default as text ("a, b" for lists); NULL: no default, the value is then missing */
  double min, max;            /* bounds of numbers and, in seconds, durations; both 0: none */
  const char *const *choices; /* of an enum; of a text: what it must begin with; ends with NULL */
  bool required;
  const char *help_en, *help_zh;
};

/* One "--set KEY=VALUE" of a command line. */
struct sf_override
{
  const char *key, *value;
};

/* The values of one option table. Origins tell where each value came from ("default", "file:line:column", "--set").
   Opaque; lives in the arena given to parse. */
struct sf_settings;

/* Read a mapping (NULL: nothing set) against a table. skip is a NULL-ended list of keys that others read (NULL: none).
   An unknown key, a wrong type or a value out of range is an error with file, line and column, and the nearest valid
   name. */
enum sf_code sf_settings_parse (struct sf_arena *arena, const struct sf_option *options, const struct sf_yaml *mapping,
                                const char *const *skip, struct sf_settings **ret_settings, struct sf_error *err);
/* Override one value from text; origin names who says so. A list is comma separated; an item in double quotes may
   hold commas. */
enum sf_code sf_settings_set (struct sf_settings *settings, const char *name, const char *text, const char *origin,
                              struct sf_error *err);
/* After all overrides: SF_EINVAL when a required value is missing. */
enum sf_code sf_settings_check_required (const struct sf_settings *settings, const char *owner, struct sf_error *err);

/* Typed reading. name must be in the table with that type (asserted). Missing: NULL, NaN, INT64_MIN, false, count 0.
   Everything returned lives in the settings' arena. */
const char *sf_settings_text (const struct sf_settings *settings, const char *name); /* also enum and path */
double sf_settings_double (const struct sf_settings *settings, const char *name);
int64_t sf_settings_int (const struct sf_settings *settings, const char *name); /* also time and duration */
bool sf_settings_bool (const struct sf_settings *settings, const char *name);
size_t sf_settings_texts (const struct sf_settings *settings, const char *name, const char *const **ret_texts);
size_t sf_settings_doubles (const struct sf_settings *settings, const char *name, const double **ret_values);
/* A node that knows its file and line, or NULL when missing. */
const struct sf_yaml *sf_settings_tree (const struct sf_settings *settings, const char *name);
/* The index of an enum's value among its choices, -1 when missing. */
int sf_settings_choice (const struct sf_settings *settings, const char *name);

/* For listings, hashing and `check`: the i-th value as canonical text, which sf_settings_set reads back as the same
   value (NULL when missing, with origin "not set"), and its origin; false past the end. */
bool sf_settings_at (const struct sf_settings *settings, size_t index, const struct sf_option **ret_option,
                     const char **ret_text, const char **ret_origin);

const char *sf_option_type_name (enum sf_option_type type);

#endif
