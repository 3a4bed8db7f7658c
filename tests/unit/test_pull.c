/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/http_poll/http_poll.h"
#include "tests/unit/fake_inlet.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* date -u -d @1405641630: 2014-07-18 00:00:30; in Beijing 08:00:30. */
static const int64_t now_s = 1405641630;

static void
write_secrets (const char *text, mode_t mode)
{
  int fd = open ("pull_secret.txt", O_CREAT | O_TRUNC | O_WRONLY, 0600);
  ck_assert_int_ge (fd, 0);
  ck_assert_int_eq (write (fd, text, strlen (text)), (ssize_t) strlen (text));
  close (fd);
  ck_assert_int_eq (chmod ("pull_secret.txt", mode), 0);
}

static void
check_filled (const char *text, bool lenient, const char *expected)
{
  struct pull_secrets secrets = { 0 };
  struct template_values values
      = { .now_s = now_s, .since_s = now_s - 86400, .secrets = &secrets, .shows_secrets = true };
  struct sf_strbuf out = { 0 };
  write_secrets ("# ours\n\n key = K=1 \n", 0600);
  ck_done (pull_secrets_load (&secrets, "pull_secret.txt", err));
  ck_done (template_fill (text, &values, lenient, &out, err));
  ck_assert_str_eq (out.text ? out.text : "", expected);
  sf_strbuf_finish (&out);
  pull_secrets_finish (&secrets);
  unlink ("pull_secret.txt");
}

START_TEST (fills_in_times_and_secrets)
{
  check_filled ("http://a/?t={utc:%Y%m%d%H%M%S}", false, "http://a/?t=20140718000030");
  check_filled ("{bjt:%Y-%m-%d %H:%M:%S}", false, "2014-07-18 08:00:30");
  check_filled ("{utc-1min:%d%H%M%S}", false, "17235930");
  check_filled ("{bjt+1h/30min:%H%M}", false, "0900");
  check_filled ("{utc-1min/10min:%d%H%M%S}{utc:%s}", false, "172350001405641630");
  check_filled ("[{since_utc:%Y%m%d},{utc:%Y%m%d}]", false, "[20140717,20140718]");
  check_filled ("{since_bjt-10min:%d%H%M}", false, "170750");
  check_filled ("k={secret:key}&", false, "k=K=1&");
  check_filled ("{\"day\":\"{utc:%d}\",\"deep\":{}}", true, "{\"day\":\"18\",\"deep\":{}}");
  check_filled ("", false, "");
}
END_TEST

static void
check_refused (const char *text, const char *words)
{
  struct pull_secrets secrets = { 0 };
  struct template_values values = { .now_s = now_s, .since_s = now_s, .secrets = &secrets, .shows_secrets = true };
  struct sf_strbuf out = { 0 };
  struct sf_error error = { 0 };
  ck_assert_int_ne (template_fill (text, &values, false, &out, &error), SF_OK);
  ck_assert_msg (strstr (error.message, words), "%s", error.message);
  sf_strbuf_finish (&out);
}

START_TEST (refuses_places_it_does_not_know)
{
  check_refused ("{local:%Y}", "can be filled in");
  check_refused ("{utc:%y}", "%y");
  check_refused ("{utc:%}", "none of");
  check_refused ("{utc-10:%Y}", "{utc-10:%Y}");
  check_refused ("{utc-:%Y}", "{utc-:%Y}");
  check_refused ("{utc/0s:%Y}", "rounded");
  check_refused ("{secret:absent}", "absent=");
  check_refused ("{utc", "can be filled in");
}
END_TEST

START_TEST (hides_secrets)
{
  struct pull_secrets secrets = { 0 };
  struct template_values values = { .now_s = now_s, .since_s = now_s, .secrets = &secrets };
  struct sf_strbuf out = { 0 };
  char text[] = "at x?k=sesame: sesame is wrong";
  write_secrets ("key=sesame", 0600);
  ck_done (pull_secrets_load (&secrets, "pull_secret.txt", err));
  ck_done (template_fill ("k={secret:key}", &values, false, &out, err));
  ck_assert_str_eq (out.text, "k={secret:key}");
  pull_secrets_mask (&secrets, text);
  ck_assert_str_eq (text, "at x?k=******: ****** is wrong");
  strcpy (text, "cut at x?k=sesa");
  pull_secrets_mask (&secrets, text);
  ck_assert_str_eq (text, "cut at x?k=****");
  ck_assert (template_holds_secret ("X-Key: {secret:key}") && !template_holds_secret ("X-Key: 1"));
  sf_strbuf_finish (&out);
  pull_secrets_finish (&secrets);
  unlink ("pull_secret.txt");
}
END_TEST

START_TEST (refuses_bad_files_of_secrets)
{
  struct pull_secrets secrets = { 0 };
  ck_done (pull_secrets_load (&secrets, NULL, err));
  ck_assert_ptr_null (pull_secret (&secrets, "user"));
  ck_fails (pull_secrets_load (&secrets, "absent.txt", err), SF_ENOTFOUND, "absent.txt");
  write_secrets ("user=officer\n", 0644);
  ck_fails (pull_secrets_load (&secrets, "pull_secret.txt", err), SF_EINVAL, "chmod");
  write_secrets ("user=officer\nopensesame\n", 0600);
  ck_fails (pull_secrets_load (&secrets, "pull_secret.txt", err), SF_EFORMAT,
            "pull_secret.txt:2: a line must be NAME=VALUE");
  ck_assert_ptr_null (pull_secret (&secrets, "user"));
  unlink ("pull_secret.txt");
}
END_TEST

START_TEST (waits_twice_as_long_each_time)
{
  struct pull_patience patience = { .first_ms = 1000, .longest_ms = 5000 };
  static const int64_t waits_ms[] = { 1000, 2000, 4000, 5000, 5000 };
  for (size_t i = 0; i < 5; i++)
    {
      pull_patience_lose (&patience, 100);
      ck_assert_int_eq (patience.wait_ms, waits_ms[i]);
      ck_assert_int_eq (patience.until_ms, 100 + waits_ms[i]);
    }
}
END_TEST

START_TEST (raises_an_alarm_when_its_text_changes)
{
  struct fake_inlet fake = { .room = -1 };
  struct sf_inlet inlet = fake_view (&fake);
  struct pull_alarm alarm = { .name = "lost" };
  pull_alarm_end (&alarm, &inlet);
  pull_alarm_raise (&alarm, &inlet, "since %d", 1);
  ck_assert_str_eq (fake_alarm (&fake, "lost"), "lost: since 1");
  pull_alarm_raise (&alarm, &inlet, "since %d", 2);
  ck_assert_str_eq (fake_alarm (&fake, "lost"), "lost: since 2");
  pull_alarm_end (&alarm, &inlet);
  ck_assert_int_eq (fake.alarms_count, 0);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = {
    fills_in_times_and_secrets,    refuses_places_it_does_not_know,       hides_secrets, refuses_bad_files_of_secrets,
    waits_twice_as_long_each_time, raises_an_alarm_when_its_text_changes, NULL
  };
  return run_tests ("pull", tests);
}
