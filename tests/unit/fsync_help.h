/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_FSYNC_HELP_H
#define TESTS_UNIT_FSYNC_HELP_H

/* fsync as the test program and the libraries in it call it: syncs of folders are counted, and the next ones fail with EIO as
   often as the test says. */
#include <errno.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int folder_syncs, folder_syncs_to_pass, folder_syncs_to_fail; /* to_pass: before those that fail */

int
fsync (int fd)
{
  struct stat info;
  if (fstat (fd, &info) == 0 && S_ISDIR (info.st_mode))
    {
      if (folder_syncs_to_pass > 0)
        folder_syncs_to_pass--;
      else if (folder_syncs_to_fail > 0)
        {
          folder_syncs_to_fail--;
          errno = EIO;
          return -1;
        }
      folder_syncs++;
    }
  return (int) syscall (SYS_fsync, fd);
}

#endif
