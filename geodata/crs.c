/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/crs.h"
#include "core/base/mem.h"

#include <math.h>
#include <proj.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct sf_crs_transform
{
  PJ_CONTEXT *context;
  PJ *transform;
};

struct log_text
{
  char text[256];
};

/* PROJ's default logger writes to standard error; keep the first message for ours instead. */
static void
keep_message (void *ctx, int level, const char *message)
{
  struct log_text *log = ctx;
  if (log && level == PJ_LOG_ERROR && !log->text[0])
    snprintf (log->text, sizeof log->text, "%s", message);
}

static PJ_CONTEXT *
new_context (struct log_text *log)
{
  PJ_CONTEXT *context = proj_context_create ();
  if (!context)
    return NULL;
  proj_log_func (context, log, keep_message);
  proj_log_level (context, PJ_LOG_ERROR);
  proj_context_set_enable_network (context, 0);
  return context;
}

/* A CRS of a text; NULL with the reason in err. */
static PJ *
parse_crs (PJ_CONTEXT *context, const struct log_text *log, const char *text, struct sf_error *err)
{
  PJ *crs = text && text[0] ? proj_create (context, text) : NULL;
  if (crs && proj_is_crs (crs))
    return crs;
  proj_destroy (crs);
  sf_fail (err, SF_EINVAL, "'%s' is not a coordinate reference system that PROJ knows%s%s; write for example EPSG:4490",
           text ? text : "", log->text[0] ? ": " : "", log->text);
  return NULL;
}

/* Whether coordinates on both ellipsoids may be taken as the same to below a metre where PROJ knows no shift: GRS 80
   (CGCS2000) and WGS 84. Spheres, on which weather models count, mean the ellipsoid's latitudes by custom. */
static bool
needs_no_shift (PJ_CONTEXT *context, const PJ *source, const PJ *target)
{
  double axis_m[2] = { 0 }, flattening[2] = { 0 };
  const PJ *const both[2] = { source, target };
  for (int i = 0; i < 2; i++)
    {
      PJ *ellipsoid = proj_get_ellipsoid (context, both[i]);
      if (ellipsoid)
        proj_ellipsoid_get_parameters (context, ellipsoid, &axis_m[i], NULL, NULL, &flattening[i]);
      proj_destroy (ellipsoid);
    }
  bool sphere = flattening[0] == 0 || flattening[1] == 0;
  return sphere || (fabs (axis_m[0] - axis_m[1]) < 1 && fabs (flattening[0] - flattening[1]) < 0.001);
}

enum sf_code
sf_crs_open (const char *from, const char *to, struct sf_crs_transform **ret, struct sf_error *err)
{
  enum sf_code code = SF_EINVAL;
  struct log_text log = { "" };
  PJ *source = NULL, *target = NULL, *raw = NULL;
  struct sf_crs_transform *transform = sf_mem_calloc (1, sizeof *transform);
  if (!transform || !(transform->context = new_context (&log)))
    {
      code = sf_fail (err, SF_ENOMEM, "out of memory for a CRS transform");
      goto out;
    }
  if (!(source = parse_crs (transform->context, &log, from, err))
      || !(target = parse_crs (transform->context, &log, to, err)))
    goto out;
  static const char *const exact[] = { "ALLOW_BALLPARK=NO", NULL };
  raw = proj_create_crs_to_crs_from_pj (transform->context, source, target, NULL,
                                        needs_no_shift (transform->context, source, target) ? NULL : exact);
  transform->transform = raw ? proj_normalize_for_visualization (transform->context, raw) : NULL;
  if (!transform->transform)
    {
      code
          = sf_fail (err, SF_EUNSUPPORTED, "PROJ has no transform from '%s' to '%s', or none that shifts the datum%s%s",
                     from, to, log.text[0] ? ": " : "", log.text);
      goto out;
    }
  /* The text lives on this stack frame only. */
  proj_log_func (transform->context, NULL, keep_message);
  *ret = transform;
  transform = NULL;
  code = SF_OK;
out:
  proj_destroy (raw);
  proj_destroy (target);
  proj_destroy (source);
  sf_crs_close (transform);
  return code;
}

void
sf_crs_close (struct sf_crs_transform *transform)
{
  if (!transform)
    return;
  proj_destroy (transform->transform);
  if (transform->context)
    proj_context_destroy (transform->context);
  sf_mem_free (transform);
}

size_t
sf_crs_transform_points (struct sf_crs_transform *transform, double *xy, size_t count)
{
  size_t good = 0, stride = 2 * sizeof *xy;
  if (count == 0)
    return 0;
  proj_trans_generic (transform->transform, PJ_FWD, xy, stride, count, xy + 1, stride, count, NULL, 0, 0, NULL, 0, 0);
  for (size_t i = 0; i < count; i++)
    if (isfinite (xy[2 * i]) && isfinite (xy[2 * i + 1]))
      good++;
    else
      xy[2 * i] = xy[2 * i + 1] = NAN;
  return good;
}

enum sf_code
sf_crs_is_geographic (const char *text, bool *ret_geographic, struct sf_error *err)
{
  enum sf_code code = SF_EINVAL;
  struct log_text log = { "" };
  PJ *crs = NULL;
  PJ_CONTEXT *context = new_context (&log);
  if (!context)
    return sf_fail (err, SF_ENOMEM, "out of memory for a CRS");
  if ((crs = parse_crs (context, &log, text, err)))
    {
      PJ_TYPE type = proj_get_type (crs);
      *ret_geographic = type == PJ_TYPE_GEOGRAPHIC_2D_CRS || type == PJ_TYPE_GEOGRAPHIC_3D_CRS;
      code = SF_OK;
    }
  proj_destroy (crs);
  proj_context_destroy (context);
  return code;
}

static bool
is_lonlat (const char *crs)
{
  static const char *const names[] = { "EPSG:4490", "EPSG:4326", "OGC:CRS84" };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcasecmp (crs, names[i]))
      return true;
  return false;
}

bool
sf_crs_same_lonlat (const char *a, const char *b)
{
  return !strcmp (a, b) || (is_lonlat (a) && is_lonlat (b));
}
