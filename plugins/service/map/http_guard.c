/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/http_guard.h"

#include "core/base/mem.h"

#include <linux/sockios.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

enum
{
  SMALL_BYTES = 64 << 10, /* an answer that is not told of */
  FREE_PART = 8,          /* of the places, kept free for newcomers */
  ASKED_FOR_ROOM = 16     /* guests that are looked at for who may go */
};

/* Guests in the order in which they came into this state. */
struct row
{
  struct sf_map_guest *first, *last;
};

struct sf_map_guest
{
  struct sf_map_guard *guard;
  struct row *row;
  struct sf_map_guest *before, *behind;
  int fd;
  int64_t since_ms, until_ms;
  size_t held_bytes;
};

struct sf_map_guard
{
  struct sf_map_guard_setup setup;
  pthread_mutex_t lock;
  pthread_cond_t ending, left;
  struct row waiting, served, streams, leaving;
  size_t held_bytes;
  struct sf_map_guard_counts counts;
  pthread_t looker;
  bool has_looker, is_ended, is_draining;
};

static int64_t
monotonic_ms (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC_COARSE, &now);
  return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- rows; with the lock held --- */

static void
leave_row (struct sf_map_guest *guest)
{
  if (!guest->row)
    return;
  *(guest->before ? &guest->before->behind : &guest->row->first) = guest->behind;
  *(guest->behind ? &guest->behind->before : &guest->row->last) = guest->before;
  guest->row = NULL;
}

static void
join_row (struct sf_map_guest *guest, struct row *row)
{
  leave_row (guest);
  guest->row = row;
  guest->behind = NULL;
  guest->before = row->last;
  *(row->last ? &row->last->behind : &row->first) = guest;
  row->last = guest;
  guest->since_ms = guest->guard->setup.clock_ms ();
}

static void
let_go_of_answer (struct sf_map_guest *guest)
{
  guest->guard->held_bytes -= guest->held_bytes;
  guest->held_bytes = 0;
}

static int64_t
patience_ms (const struct sf_map_guard *guard)
{
  return (int64_t) guard->setup.patience_s * 1000;
}

/* How long an answer may take. */
static int64_t
sending_ms (const struct sf_map_guard *guard, uint64_t bytes)
{
  uint64_t pace_s = bytes / (uint64_t) guard->setup.pace_bytes_per_s;
  return patience_ms (guard) + (pace_s < INT32_MAX ? (int64_t) pace_s : INT32_MAX) * 1000;
}

/* The socket stays the library's: it finds the connection ended and closes it. */
static void
shut_down (struct sf_map_guest *guest)
{
  join_row (guest, &guest->guard->leaving);
  let_go_of_answer (guest);
  shutdown (guest->fd, SHUT_RDWR);
}

/* Whether it is the server that is late: what the guest said lies unread, or it took all that was sent. */
static bool
is_our_turn (const struct sf_map_guest *guest)
{
  int bytes = 0;
  if (guest->row == &guest->guard->served)
    return ioctl (guest->fd, SIOCOUTQ, &bytes) == 0 && bytes == 0;
  return ioctl (guest->fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

/* The first of a row whose turn it is, but not the newcomer. */
static struct sf_map_guest *
first_to_go (const struct row *row, const struct sf_map_guest *newcomer)
{
  struct sf_map_guest *guest = row->first;
  for (int i = 0; guest && i < ASKED_FOR_ROOM; i++, guest = guest->behind)
    if (guest != newcomer && !is_our_turn (guest))
      return guest;
  return NULL;
}

/* Whoever waits for its own next request gives way first, then who has been taking an answer for long. */
static void
make_room (struct sf_map_guard *guard, const struct sf_map_guest *newcomer)
{
  if (guard->counts.guests <= guard->setup.places - guard->setup.places / FREE_PART)
    return;
  struct sf_map_guest *guest = first_to_go (&guard->waiting, newcomer);
  if (!guest)
    guest = first_to_go (&guard->served, newcomer);
  if (!guest || (guest->row == &guard->served && guest->since_ms + patience_ms (guard) > guard->setup.clock_ms ()))
    return;
  shut_down (guest);
  guard->counts.closed_for_room++;
}

static void
make_memory (struct sf_map_guard *guard, const struct sf_map_guest *newcomer)
{
  struct sf_map_guest *guest = guard->served.first;
  while (guest && guard->held_bytes > guard->setup.held_bytes_max)
    {
      struct sf_map_guest *behind = guest->behind;
      if (guest->held_bytes > 0 && guest != newcomer)
        {
          shut_down (guest);
          guard->counts.closed_for_room++;
        }
      guest = behind;
    }
}

static void
end_late (struct sf_map_guard *guard, struct row *row, int64_t now_ms)
{
  for (struct sf_map_guest *guest = row->first, *behind; guest; guest = behind)
    {
      behind = guest->behind;
      if (guest->until_ms > now_ms || is_our_turn (guest))
        continue;
      shut_down (guest);
      guard->counts.closed_slow++;
    }
}

static void
look (struct sf_map_guard *guard)
{
  int64_t now_ms = guard->setup.clock_ms ();
  end_late (guard, &guard->waiting, now_ms);
  end_late (guard, &guard->served, now_ms);
}

/* --- guests --- */

struct sf_map_guest *
sf_map_guard_enter (struct sf_map_guard *guard, int fd)
{
  struct sf_map_guest *guest = sf_mem_calloc (1, sizeof *guest);
  if (!guest)
    {
      shutdown (fd, SHUT_RDWR);
      return NULL;
    }
  guest->guard = guard;
  guest->fd = fd;
  pthread_mutex_lock (&guard->lock);
  guard->counts.guests++;
  join_row (guest, &guard->waiting);
  guest->until_ms = guest->since_ms + patience_ms (guard);
  make_room (guard, guest);
  if (guard->is_draining)
    shut_down (guest);
  pthread_mutex_unlock (&guard->lock);
  return guest;
}

void
sf_map_guard_leave (struct sf_map_guest *guest)
{
  if (!guest)
    return;
  struct sf_map_guard *guard = guest->guard;
  pthread_mutex_lock (&guard->lock);
  leave_row (guest);
  let_go_of_answer (guest);
  guard->counts.guests--;
  pthread_cond_signal (&guard->left);
  pthread_mutex_unlock (&guard->lock);
  sf_mem_free (guest);
}

/* Who was shut down changes rows no more. */
static void
move (struct sf_map_guest *guest, struct row *row, int64_t allowed_ms)
{
  if (guest->row == &guest->guard->leaving)
    return;
  let_go_of_answer (guest);
  join_row (guest, row);
  guest->until_ms = guest->since_ms + allowed_ms;
  if (guest->guard->is_draining && row == &guest->guard->waiting)
    shutdown (guest->fd, SHUT_RD);
}

void
sf_map_guard_serve (struct sf_map_guest *guest)
{
  if (!guest)
    return;
  pthread_mutex_lock (&guest->guard->lock);
  move (guest, &guest->guard->served, sending_ms (guest->guard, SMALL_BYTES));
  pthread_mutex_unlock (&guest->guard->lock);
}

void
sf_map_guard_send (struct sf_map_guest *guest, uint64_t bytes, bool is_held)
{
  if (!guest)
    return;
  struct sf_map_guard *guard = guest->guard;
  pthread_mutex_lock (&guard->lock);
  if (guest->row == &guard->served)
    {
      guest->until_ms = guard->setup.clock_ms () + sending_ms (guard, bytes);
      guest->held_bytes = is_held ? (size_t) bytes : 0;
      guard->held_bytes += guest->held_bytes;
      make_memory (guard, guest);
    }
  pthread_mutex_unlock (&guard->lock);
}

void
sf_map_guard_stream (struct sf_map_guest *guest)
{
  if (!guest)
    return;
  pthread_mutex_lock (&guest->guard->lock);
  move (guest, &guest->guard->streams, 0);
  pthread_mutex_unlock (&guest->guard->lock);
}

void
sf_map_guard_wait (struct sf_map_guest *guest)
{
  if (!guest)
    return;
  pthread_mutex_lock (&guest->guard->lock);
  move (guest, &guest->guard->waiting, patience_ms (guest->guard));
  pthread_mutex_unlock (&guest->guard->lock);
}

void
sf_map_guard_look (struct sf_map_guard *guard)
{
  pthread_mutex_lock (&guard->lock);
  look (guard);
  pthread_mutex_unlock (&guard->lock);
}

struct sf_map_guard_counts
sf_map_guard_counts (struct sf_map_guard *guard)
{
  pthread_mutex_lock (&guard->lock);
  struct sf_map_guard_counts counts = guard->counts;
  pthread_mutex_unlock (&guard->lock);
  return counts;
}

/* --- the guard --- */

static struct timespec
time_after (int ms)
{
  struct timespec time;
  clock_gettime (CLOCK_MONOTONIC, &time);
  time.tv_nsec += ms % 1000 * 1000000L;
  time.tv_sec += ms / 1000 + time.tv_nsec / 1000000000L;
  time.tv_nsec %= 1000000000L;
  return time;
}

static void *
keep_looking (void *ctx)
{
  struct sf_map_guard *guard = ctx;
  pthread_mutex_lock (&guard->lock);
  while (!guard->is_ended)
    {
      struct timespec next = time_after (guard->setup.look_ms);
      while (!guard->is_ended && pthread_cond_timedwait (&guard->ending, &guard->lock, &next) == 0)
        ;
      look (guard);
    }
  pthread_mutex_unlock (&guard->lock);
  return NULL;
}

enum sf_code
sf_map_guard_new (const struct sf_map_guard_setup *setup, struct sf_map_guard **ret_guard, struct sf_error *err)
{
  struct sf_map_guard *guard = sf_mem_calloc (1, sizeof *guard);
  pthread_condattr_t attributes;
  if (!guard)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  guard->setup = *setup;
  if (!guard->setup.clock_ms)
    guard->setup.clock_ms = monotonic_ms;
  pthread_mutex_init (&guard->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&guard->ending, &attributes);
  pthread_cond_init (&guard->left, &attributes);
  pthread_condattr_destroy (&attributes);
  guard->has_looker = setup->look_ms > 0 && pthread_create (&guard->looker, NULL, keep_looking, guard) == 0;
  if (setup->look_ms > 0 && !guard->has_looker)
    {
      sf_map_guard_free (guard);
      return sf_fail (err, SF_ENOMEM, "no thread can be started to watch over connections");
    }
  *ret_guard = guard;
  return SF_OK;
}

static void
wait_for_all (struct sf_map_guard *guard, int patience_ms)
{
  struct timespec end = time_after (patience_ms);
  while (guard->counts.guests > 0 && pthread_cond_timedwait (&guard->left, &guard->lock, &end) == 0)
    ;
}

void
sf_map_guard_drain (struct sf_map_guard *guard, int patience_ms)
{
  struct row *rows[] = { &guard->waiting, &guard->served, &guard->streams };
  pthread_mutex_lock (&guard->lock);
  guard->is_draining = true;
  for (struct sf_map_guest *guest = guard->waiting.first; guest; guest = guest->behind)
    shutdown (guest->fd, SHUT_RD); /* what has come can still be read */
  wait_for_all (guard, patience_ms);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    while (rows[i]->first)
      shut_down (rows[i]->first);
  wait_for_all (guard, patience_ms);
  pthread_mutex_unlock (&guard->lock);
}

void
sf_map_guard_free (struct sf_map_guard *guard)
{
  if (!guard)
    return;
  pthread_mutex_lock (&guard->lock);
  guard->is_ended = true;
  pthread_cond_broadcast (&guard->ending);
  pthread_mutex_unlock (&guard->lock);
  if (guard->has_looker)
    pthread_join (guard->looker, NULL);
  pthread_cond_destroy (&guard->ending);
  pthread_cond_destroy (&guard->left);
  pthread_mutex_destroy (&guard->lock);
  sf_mem_free (guard);
}
