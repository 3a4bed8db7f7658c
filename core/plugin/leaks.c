/* SPDX-License-Identifier: Apache-2.0 */
/* For builds with --enable-sanitize only. Modules are never unloaded, so libltdl keeps its handles until the process ends;
   fontconfig, which pango brings, keeps its patterns likewise. All other leaks count. */
const char *__lsan_default_suppressions (void);

const char *
__lsan_default_suppressions (void)
{
  return "leak:lt__\nleak:libltdl\nleak:libfontconfig\nleak:libpango\n";
}
