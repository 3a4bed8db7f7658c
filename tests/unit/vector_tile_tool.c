/* SPDX-License-Identifier: Apache-2.0 */
/* Write the tiles of a dataset: vector_tile_tool FILE.gpkg DATASET SET LEVEL FOLDER [COLUMN ...] makes FOLDER/LEVEL/X/Y.pbf of
   every tile that is not empty, of those that the dataset's bounds reach and those around them. */
#include "core/base/file.h"
#include "geodata/vector.h"
#include "geodata/vector_tile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sf_error err;

static int
write_tile (const char *folder, const struct sf_vector_tile *tile, const struct sf_strbuf *bytes)
{
  char path[512];
  snprintf (path, sizeof path, "%s/%d/%d", folder, tile->z, tile->x);
  if (sf_file_make_folder (path, &err) != SF_OK)
    return -1;
  snprintf (path, sizeof path, "%s/%d/%d/%d.pbf", folder, tile->z, tile->x, tile->y);
  FILE *file = fopen (path, "wb");
  int failed = !file || fwrite (bytes->text, 1, bytes->length, file) != bytes->length;
  return (file && fclose (file) != 0) || failed ? -1 : 0;
}

static int
write_tiles (const struct sf_vector_layer *layer, struct sf_vector_tile tile, const char *folder)
{
  struct sf_tile_matrix matrix;
  struct sf_bounds degrees;
  struct sf_strbuf bytes = { 0 };
  if (sf_tile_matrix_get (tile.set, tile.z, &matrix, &err) != SF_OK
      || !sf_feature_index_bounds (sf_vector_layer_index (layer), &degrees))
    return -1;
  struct sf_bounds extent = sf_tile_set_extent (tile.set, &degrees);
  struct sf_tile_range range = sf_tile_range_find (&matrix, &extent);
  for (tile.y = range.y0 > 0 ? range.y0 - 1 : 0; tile.y <= range.y1 && tile.y < matrix.rows; tile.y++)
    for (tile.x = range.x0 > 0 ? range.x0 - 1 : 0; tile.x <= range.x1 && tile.x < matrix.columns; tile.x++)
      {
        bytes.length = 0;
        if (sf_vector_tile_encode (&layer, 1, &tile, &bytes, &err) != SF_OK
            || (bytes.length && write_tile (folder, &tile, &bytes) < 0))
          return -1;
      }
  sf_strbuf_finish (&bytes);
  return 0;
}

int
main (int argc, char **argv)
{
  struct sf_vocabulary *vocabulary = NULL;
  struct sf_dataset *dataset = NULL;
  struct sf_vector_layer *layer = NULL;
  if (argc < 6)
    return EXIT_FAILURE;
  struct sf_vector_tile tile = { .set = strcmp (argv[3], "c") == 0 ? SF_TILE_SET_C : SF_TILE_SET_W,
                                 .z = atoi (argv[4]),
                                 .columns = argc > 6 ? (const char *const *) argv + 6 : NULL,
                                 .columns_count = (size_t) argc - 6 };
  int failed
      = sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, &err) != SF_OK
        || sf_vector_load (argv[1], argv[2], sf_vocabulary_dataset (vocabulary, argv[2]), NULL, &dataset, &err) != SF_OK
        || sf_vector_layer_new (argv[2], dataset->as.table, &layer, &err) != SF_OK
        || write_tiles (layer, tile, argv[5]) < 0;
  if (failed)
    fprintf (stderr, "%s\n", err.message);
  sf_vector_layer_free (layer);
  sf_dataset_unref (dataset);
  sf_vocabulary_free (vocabulary);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
