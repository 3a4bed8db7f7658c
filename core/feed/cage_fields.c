/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Values of fields: memory files that a worker sends, each before the frame that speaks of it. */

enum
{
  BLOCK_BYTES = 512 /* of stat's count */
};

void
sf_cage_unmap_fields (struct sf_cage *cage)
{
  for (size_t i = 0; i < cage->mappings_count; i++)
    munmap (cage->mappings[i].values, cage->mappings[i].bytes);
  cage->mappings_count = cage->mapped_bytes = 0;
}

/* --- files on their way --- */

/* The next file on the socket, -1 for a word without one; every other that came with it is closed. False: nothing is there. */
static bool
receive_file (int socket, int *ret_fd)
{
  char byte;
  union
  {
    struct cmsghdr head;
    char bytes[CMSG_SPACE (4 * sizeof (int))];
  } control = { 0 };
  struct iovec item = { &byte, 1 };
  struct msghdr message
      = { .msg_iov = &item, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
  int first = -1;
  if (recvmsg (socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 1)
    return false;
  for (struct cmsghdr *head = CMSG_FIRSTHDR (&message); head; head = CMSG_NXTHDR (&message, head))
    {
      if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
        continue;
      for (size_t at = 0; CMSG_LEN (at + sizeof first) <= head->cmsg_len; at += sizeof first)
        {
          int fd;
          memcpy (&fd, CMSG_DATA (head) + at, sizeof fd);
          if (first < 0)
            first = fd;
          else
            close (fd);
        }
    }
  *ret_fd = first;
  return true;
}

enum sf_code
sf_cage_collect_files (struct sf_cage *cage, struct sf_error *err)
{
  int fd;
  while (cage->files_count < SF_CAGE_FILES_HELD && receive_file (cage->fields_fd, &fd))
    {
      if (fd < 0)
        return sf_fail (err, SF_EFORMAT, "a field without its memory file");
      cage->files[cage->files_count++] = fd;
    }
  return SF_OK;
}

enum sf_code
sf_cage_check_files (const struct sf_cage *cage, struct sf_error *err)
{
  if (cage->files_count <= (sf_cage_is_under_way (cage) ? 1 : 0))
    return SF_OK;
  return sf_fail (err, SF_EFORMAT, "%zu memory files of no field", cage->files_count);
}

void
sf_cage_close_files (struct sf_cage *cage)
{
  for (size_t i = 0; i < cage->files_count; i++)
    close (cage->files[i]);
  cage->files_count = 0;
}

/* --- values --- */

/* A memory file is taken only when nobody can change it or cut it short under our eyes. */
static enum sf_code
map_file (struct sf_cage *cage, int fd, struct sf_error *err)
{
  const int needed = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  int64_t most = cage->cages->setup.field_bytes;
  struct stat st;
  int seals = fcntl (fd, F_GET_SEALS);
  if (seals < 0 || (seals & needed) != needed || fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    return sf_fail (err, SF_EFORMAT, "a field's memory file is not sealed");
  if (st.st_size <= 0 || st.st_size > most || cage->mappings_count >= SF_CAGE_FIELDS_MAX
      || cage->mapped_bytes + (size_t) st.st_size > (size_t) cage->cages->setup.fields_bytes)
    return sf_fail (err, SF_EFORMAT, "a field of %lld bytes after %zu others is more than it may send",
                    (long long) st.st_size, cage->mappings_count);
  /* What the worker never wrote would be made when it is read, at the master's cost. */
  if (st.st_blocks * BLOCK_BYTES < st.st_size)
    return sf_fail (err, SF_EFORMAT, "a field's memory file has holes: %lld bytes of %lld are there",
                    (long long) st.st_blocks * BLOCK_BYTES, (long long) st.st_size);
  if (sf_mem_grow ((void **) &cage->mappings, &cage->mappings_capacity, cage->mappings_count + 1,
                   sizeof *cage->mappings)
      != 0)
    return sf_cage_no_memory (err);
  void *values = mmap (NULL, (size_t) st.st_size, PROT_READ, MAP_SHARED, fd, 0);
  if (values == MAP_FAILED)
    return sf_cage_no_memory (err);
  cage->mappings[cage->mappings_count++] = (struct sf_cage_mapping){ values, (size_t) st.st_size };
  cage->mapped_bytes += (size_t) st.st_size;
  return SF_OK;
}

/* With memory out the file stays for the next try. */
enum sf_code
sf_cage_map_field (struct sf_cage *cage, struct sf_error *err)
{
  if (cage->files_count == 0)
    SF_TRY (sf_cage_collect_files (cage, err));
  if (cage->files_count == 0)
    return sf_fail (err, SF_EFORMAT, "a field without its memory file");
  enum sf_code code = map_file (cage, cage->files[0], err);
  if (code == SF_ENOMEM)
    return code;
  close (cage->files[0]);
  memmove (cage->files, cage->files + 1, --cage->files_count * sizeof *cage->files);
  return code;
}
