/* SPDX-License-Identifier: Apache-2.0 */
/* Paints windows for painter_reference.py: painter_tool FIELD.f32 NX NY X0 DX Y0 DY, and on its input a window a line:
   classes|ramp nearest|bilinear|bicubic c|w MINX MINY MAXX MAXY WIDTH HEIGHT LEVEL STRIPED FILE.png BOUND...
   Entry i has the colour i, 255 - i, 7 i (modulo 256). */
#include "core/base/file.h"
#include "core/base/time.h"
#include "geodata/painter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job
{
  char kind[16], sampling[16], set[4], path[1024];
  struct sf_window window;
  int level, striped;
  struct sf_style_entry entries[SF_STYLE_MAX_ENTRIES];
  int count;
};

static int
read_job (char *line, struct job *job)
{
  int used = 0;
  struct sf_bounds *bounds = &job->window.bounds;
  if (sscanf (line, "%15s %15s %3s %lf %lf %lf %lf %d %d %d %d %1023s%n", job->kind, job->sampling, job->set,
              &bounds->min_x, &bounds->min_y, &bounds->max_x, &bounds->max_y, &job->window.width, &job->window.height,
              &job->level, &job->striped, job->path, &used)
      != 12)
    return -1;
  job->window.projection = job->set[0] == 'c' ? SF_TILE_SET_C : SF_TILE_SET_W;
  job->count = 0;
  char *rest = line + used, *end;
  for (double from = strtod (rest, &end); end != rest && job->count < SF_STYLE_MAX_ENTRIES; from = strtod (rest, &end))
    {
      int i = job->count++;
      job->entries[i] = (struct sf_style_entry){ .from = from,
                                                 .rgba = { (uint8_t) i, (uint8_t) (255 - i), (uint8_t) (7 * i), 255 } };
      rest = end;
    }
  return 0;
}

static enum sf_code
paint (const struct sf_grid *grid, struct job *job, struct sf_error *err)
{
  struct sf_style style = { .name = "test",
                            .kind = strcmp (job->kind, "ramp") == 0 ? SF_STYLE_RAMP : SF_STYLE_CLASSES,
                            .entries = job->entries,
                            .entries_count = job->count };
  while (strcmp (job->sampling, sf_sampling_name (style.sampling)) != 0)
    style.sampling++;
  const struct sf_painter_source source
      = { .grid = grid, .style = &style, .png_level = job->level, .is_striped = job->striped };
  struct sf_painter *painter = NULL;
  struct sf_strbuf png = { 0 };
  SF_TRY (sf_painter_new (&source, &painter, err));
  enum sf_code code = sf_painter_paint (painter, &job->window, &png, NULL, err);
  if (code == SF_OK)
    code = sf_file_write (job->path, png.text, png.length, err);
  sf_strbuf_finish (&png);
  sf_painter_free (painter);
  return code;
}

int
main (int argc, char **argv)
{
  static char line[65536];
  static struct job job;
  struct sf_error err;
  if (argc != 8)
    return 2;
  struct sf_grid grid
      = { .spec
          = { atoi (argv[2]),
              atoi (argv[3]),
              { strtod (argv[4], NULL), strtod (argv[5], NULL), 0, strtod (argv[6], NULL), 0, strtod (argv[7], NULL) },
              "EPSG:4490" },
          .bands = 1,
          .reference_s = SF_TIME_MISSING };
  size_t cells = (size_t) grid.spec.nx * (size_t) grid.spec.ny;
  FILE *field = fopen (argv[1], "rb");
  grid.values = malloc (cells * sizeof *grid.values);
  bool good = field && grid.values && fread (grid.values, sizeof *grid.values, cells, field) == cells;
  if (field)
    fclose (field);
  while (good && fgets (line, sizeof line, stdin))
    if (read_job (line, &job) || paint (&grid, &job, &err) != SF_OK)
      {
        fprintf (stderr, "%s: %s\n", line, err.message);
        good = false;
      }
  free (grid.values);
  return good ? 0 : 1;
}
