/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum sf_code
sf_places_program (struct sf_arena *arena, char **ret_program, struct sf_error *err)
{
  char path[4096];
  ssize_t length = readlink ("/proc/self/exe", path, sizeof path - 1);
  if (length <= 0)
    return sf_fail (err, SF_EIO, "/proc/self/exe: %s", strerror (errno));
  *ret_program = sf_arena_strndup (arena, path, (size_t) length);
  return *ret_program ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory");
}

/* The folder of the program file, or NULL. */
static char *
program_folder (struct sf_arena *arena)
{
  struct sf_error why = { 0 };
  char *path = NULL;
  if (sf_places_program (arena, &path, &why) != SF_OK)
    return NULL;
  char *slash = strrchr (path, '/');
  if (!slash)
    return NULL;
  *slash = '\0';
  return path;
}

/* The build tree that the program stands in (libtool leaves the real program in .libs) and the source tree it was built
   from; the build leaves a note of it. *ret_source is NULL outside a build tree. */
static const char *
build_tree (struct sf_arena *arena, const char **ret_source)
{
  char *folder = program_folder (arena);
  uint8_t *note = NULL;
  size_t length = 0;
  *ret_source = NULL;
  if (!folder)
    return NULL;
  char *slash = strrchr (folder, '/');
  if (slash && strcmp (slash, "/.libs") == 0)
    *slash = '\0';
  char *path = sf_file_join (arena, folder, "sanfang.tree");
  if (!path || sf_file_read (arena, path, 4096, &note, &length, NULL) != SF_OK)
    return NULL;
  struct sf_span line = sf_span_trim ((struct sf_span){ .text = (const char *) note, .length = length });
  *ret_source = sf_arena_strndup (arena, line.text, line.length);
  return folder;
}

static const char *
choose (struct sf_arena *arena, const char *variable, const char *tree, const char *in_tree, const char *installed)
{
  const char *set = getenv (variable);
  if (set && *set)
    return sf_arena_strdup (arena, set);
  return tree ? sf_file_join (arena, tree, in_tree) : installed;
}

enum sf_code
sf_places_find (struct sf_arena *arena, struct sf_places *ret_places, struct sf_error *err)
{
  const char *source = NULL, *tree = build_tree (arena, &source);
  struct sf_places places = {
    .plugin_path = choose (arena, "SANFANG_PLUGIN_PATH", tree, "modules/.libs", SF_PKGLIBDIR),
    .share_folder = choose (arena, "SANFANG_SHARE", source, "share", SF_PKGDATADIR "/share"),
    .data_folder = choose (arena, "SANFANG_DATA", tree, "data", SF_PKGDATADIR "/data"),
  };
  if (!places.plugin_path || !places.share_folder || !places.data_folder)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  *ret_places = places;
  return SF_OK;
}
