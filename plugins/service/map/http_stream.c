/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/http_stream.h"

#include <sys/socket.h>

enum
{
  BLOCK_BYTES = 1024 /* of a stream's events sent at a time; held for each stream */
};

static void
rest (void *connection)
{
  MHD_suspend_connection (connection);
}

static void
wake (void *connection)
{
  MHD_resume_connection (connection);
}

/* The library closes a connection that is shut down; it has no call for that. */
static void
sever (void *connection)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  if (info)
    shutdown (info->connect_fd, SHUT_RDWR);
}

static ssize_t
read_stream (void *ctx, uint64_t position, char *buffer, size_t max)
{
  (void) position;
  ssize_t count = sf_map_live_read (ctx, buffer, max);
  return count < 0 ? MHD_CONTENT_READER_END_OF_STREAM : count;
}

static void
free_stream (void *ctx)
{
  sf_map_live_leave (ctx);
}

enum sf_code
sf_map_http_stream (struct MHD_Connection *connection, struct sf_map_live *live, unsigned silence_s,
                    struct sf_map_response *response, struct MHD_Response **ret_message, struct sf_error *err)
{
  const struct sf_map_live_ends ends = { .rest = rest, .wake = wake, .sever = sever, .connection = connection };
  struct sf_map_live_stream *stream = NULL;
  SF_TRY (sf_map_live_join (live, response->stream_after, &response->body, &ends, &stream, err));
  struct MHD_Response *message
      = MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_stream, stream, free_stream);
  if (!message)
    {
      sf_map_live_leave (stream);
      return sf_fail (err, SF_ENOMEM, "out of memory for a stream");
    }
  MHD_set_connection_option (connection, MHD_CONNECTION_OPTION_TIMEOUT, silence_s);
  sf_map_http_add_headers (message, response);
  *ret_message = message;
  return SF_OK;
}
