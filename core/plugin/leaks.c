/* SPDX-License-Identifier: Apache-2.0 */
/* For builds with --enable-sanitize only. Modules are never unloaded, so libltdl keeps its handles until the process ends;
   fontconfig, which pango brings, keeps its patterns likewise, and GLib a table of a thread's small blocks (g_malloc0) where
   the leak sanitizer does not always find it. All other leaks count. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:lt__\nleak:libltdl\nleak:libfontconfig\nleak:libpango\nleak:g_malloc0\n";
}
