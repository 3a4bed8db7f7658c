/* SPDX-License-Identifier: Apache-2.0 */
/* Lets test scripts compare geodata's kernels with programs of another kind.
     picture_tool band   FILE NX NY X0 DX Y0 DY LEVEL LEVEL...      each band between two levels as a MULTIPOLYGON in WKT
     picture_tool line   FILE NX NY X0 DX Y0 DY LEVEL...            each level as a MULTILINESTRING
     picture_tool render FILE NX NY X0 DX Y0 DY SHARE STYLE c|w MINX MINY MAXX MAXY WIDTH HEIGHT   raw indices
     picture_tool uv|uv-png FILE NX NY X0 DX Y0 DY FILE2 c|w MINX MINY MAXX MAXY WIDTH HEIGHT   u in FILE, v in FILE2
   FILE holds NX*NY native floats, row 0 first; X0, Y0 are the corner of the first cell; numbers may be inf. */
#include "core/data/dataset.h"
#include "geodata/contour.h"
#include "geodata/render.h"
#include "geodata/uv_tile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
fail (const struct sf_error *err)
{
  fprintf (stderr, "%s\n", err->message);
  return 1;
}

static int
load_grid (char **argv, struct sf_grid *grid)
{
  *grid = (struct sf_grid){ .bands = 1 };
  grid->spec.nx = atoi (argv[1]);
  grid->spec.ny = atoi (argv[2]);
  grid->spec.affine[0] = strtod (argv[3], NULL);
  grid->spec.affine[1] = strtod (argv[4], NULL);
  grid->spec.affine[3] = strtod (argv[5], NULL);
  grid->spec.affine[5] = strtod (argv[6], NULL);
  strcpy (grid->spec.crs, "EPSG:4490");
  size_t cells = (size_t) grid->spec.nx * (size_t) grid->spec.ny;
  grid->values = malloc (cells * sizeof *grid->values);
  FILE *file = fopen (argv[0], "rb");
  int good = grid->values && file && fread (grid->values, sizeof *grid->values, cells, file) == cells;
  if (file)
    fclose (file);
  return good ? 0 : 1;
}

static void
print_points (const struct sf_geometry *geometry, size_t part)
{
  for (size_t i = geometry->part_start[part]; i < geometry->part_start[part + 1]; i++)
    printf ("%s%.12g %.12g", i > geometry->part_start[part] ? "," : "(", geometry->xy[2 * i], geometry->xy[2 * i + 1]);
  printf (")");
}

static void
print_wkt (const struct sf_geometry *geometry)
{
  bool polygon = geometry->kind == SF_GEOMETRY_POLYGON;
  const char *name = polygon ? "MULTIPOLYGON" : "MULTILINESTRING";
  printf ("%s %s", name, geometry->parts ? "(" : "EMPTY");
  for (size_t p = 0; p < geometry->parts; p++)
    {
      if (!polygon)
        printf ("%s", p ? "," : "");
      else if (geometry->part_outer[p])
        printf ("%s(", p ? ")," : "");
      else
        printf (",");
      print_points (geometry, p);
    }
  printf ("%s\n", !geometry->parts ? "" : polygon ? "))" : ")");
}

static int
contour (int argc, char **argv, bool band)
{
  struct sf_grid grid;
  struct sf_error err;
  enum sf_code code = SF_OK;
  if (argc < (band ? 9 : 8) || load_grid (argv, &grid))
    return 2;
  for (int i = 7; code == SF_OK && i + band < argc; i++)
    {
      struct sf_geometry *geometry = NULL;
      double level = strtod (argv[i], NULL);
      code = band ? sf_contour_band (&grid, 0, level, strtod (argv[i + 1], NULL), &geometry, &err)
                  : sf_contour_line (&grid, 0, level, &geometry, &err);
      if (code == SF_OK)
        print_wkt (geometry);
      sf_geometry_free (geometry);
    }
  free (grid.values);
  return code == SF_OK ? 0 : fail (&err);
}

static int
draw (const struct sf_grid *grid, char **argv, const struct sf_style *style)
{
  struct sf_error err;
  struct sf_render render = { .grid = grid,
                              .style = style,
                              .projection = argv[0][0] == 'c' ? SF_TILE_SET_C : SF_TILE_SET_W,
                              .bounds = { .min_x = strtod (argv[1], NULL),
                                          .min_y = strtod (argv[2], NULL),
                                          .max_x = strtod (argv[3], NULL),
                                          .max_y = strtod (argv[4], NULL) },
                              .width = atoi (argv[5]),
                              .height = atoi (argv[6]) };
  size_t pixels = (size_t) render.width * (size_t) render.height;
  uint8_t *out = malloc (pixels);
  bool any;
  if (!out || sf_render_indices (&render, out, &any, &err) != SF_OK)
    {
      free (out);
      return out ? fail (&err) : 2;
    }
  size_t written = fwrite (out, 1, pixels, stdout);
  free (out);
  return written == pixels ? 0 : 1;
}

static int
render_window (int argc, char **argv)
{
  struct sf_grid grid;
  struct sf_styles *styles = NULL;
  const struct sf_style *style;
  struct sf_error err;
  char folder[4096];
  if (argc != 16 || load_grid (argv, &grid))
    return 2;
  snprintf (folder, sizeof folder, "%s/styles", argv[7]);
  int status = 1;
  if (sf_styles_load (folder, &styles, &err) != SF_OK || sf_styles_find (styles, argv[8], &style, &err) != SF_OK)
    status = fail (&err);
  else
    status = draw (&grid, argv + 9, style);
  sf_styles_free (styles);
  free (grid.values);
  return status;
}

static int
texture (int argc, char **argv, bool png)
{
  struct sf_grid u, v;
  struct sf_error err;
  struct sf_strbuf out = { 0 };
  if (argc != 15 || load_grid (argv, &u))
    return 2;
  argv[0] = argv[7];
  if (load_grid (argv, &v))
    return 2;
  struct sf_uv_source source = { .eastward = &u, .northward = &v };
  struct sf_window window = { .projection = argv[8][0] == 'c' ? SF_TILE_SET_C : SF_TILE_SET_W,
                              .bounds = { .min_x = strtod (argv[9], NULL),
                                          .min_y = strtod (argv[10], NULL),
                                          .max_x = strtod (argv[11], NULL),
                                          .max_y = strtod (argv[12], NULL) },
                              .width = atoi (argv[13]),
                              .height = atoi (argv[14]) };
  enum sf_code code = png ? sf_uv_tile_png (&source, &window, &out, NULL, &err)
                          : sf_uv_tile_bytes (&source, &window, &out, NULL, &err);
  int status = code != SF_OK ? fail (&err) : fwrite (out.text, 1, out.length, stdout) != out.length;
  sf_strbuf_finish (&out);
  free (u.values);
  free (v.values);
  return status;
}

int
main (int argc, char **argv)
{
  const char *word = argc > 1 ? argv[1] : "";
  if (strcmp (word, "band") == 0 || strcmp (word, "line") == 0)
    return contour (argc - 2, argv + 2, word[0] == 'b');
  if (strcmp (word, "render") == 0)
    return render_window (argc - 2, argv + 2);
  if (strcmp (word, "uv") == 0 || strcmp (word, "uv-png") == 0)
    return texture (argc - 2, argv + 2, word[2] == '-');
  fprintf (stderr, "usage: picture_tool band|line|render|uv|uv-png ...\n");
  return 2;
}
