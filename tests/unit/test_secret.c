/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/secret.h"
#include "tests/unit/base.h"

#include <stdlib.h>
#include <string.h>

/* Connection strings as PostgreSQL's manual writes them (libpq, 34.1.1), addresses as in RFC 3986 3.2.1, headers as in RFC 9110
   11.6.2; the words are made up. */
static const struct
{
  const char *text, *masked;
} texts[] = {
  { "host=10.0.0.5 password=geheim dbname=water", "host=10.0.0.5 password=****** dbname=water" },
  { "user=x password = 'ge \\'heim' port=1", "user=x password = '*********' port=1" },
  { "sslpassword=a", "sslpassword=*" },
  { "postgresql://reader:geheim@db:5432/water?sslmode=require",
    "postgresql://reader:******@db:5432/water?sslmode=require" },
  { "postgresql://reader@db/water", "postgresql://reader@db/water" },
  { "nats://s3cret@10.0.0.5:4222", "nats://******@10.0.0.5:4222" },
  { "https://a:b@c@host/x?token=t1&access_token=t2&page=3", "https://a:***@host/x?token=**&access_token=**&page=3" },
  { "Authorization: Bearer abc.def", "Authorization: **************" },
  { "{\"user\": \"u\", \"Password\": \"p w\"}", "{\"user\": \"u\", \"Password\": \"***\"}" },
  { "X-Api-Key: 1234; password=5", "X-Api-Key: ****; password=*" },
  { "Authorization: Bearer {secret:key}", "Authorization: Bearer {secret:key}" },
  { "https://host/x?token={secret:key}", "https://host/x?token={secret:key}" },
  { "reader:geheim@10.0.0.1:3128", "reader:******@10.0.0.1:3128" },
  { "reader@10.0.0.1:3128", "reader@10.0.0.1:3128" },
  { "Cookie: id=5; n=6", "Cookie: *********" },
  { "X-Auth: 1234", "X-Auth: ****" },
  { "https://host/x?station=5&key=1234", "https://host/x?station=5&key=****" },
  { "SELECT token::text FROM t WHERE key = 5", "SELECT token::text FROM t WHERE key = 5" },
  { "secret_file=/etc/a passfile=/b user=password", "secret_file=/etc/a passfile=/b user=password" },
  { "password=", "password=" },
  { "https://host/a@b:c", "https://host/a@b:c" },
  { "://@ = : password", "://@ = : password" },
  { "", "" },
};

START_TEST (passwords_are_found_and_masked)
{
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    {
      struct sf_span secret;
      char text[128];
      strcpy (text, texts[i].text);
      ck_assert_int_eq (sf_secret_find (sf_span_of (text), &secret), strchr (texts[i].masked, '*') != NULL);
      sf_secret_mask (text);
      ck_assert_str_eq (text, texts[i].masked);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("secret");
  TCase *tcase = tcase_create ("secret");
  tcase_add_test (tcase, passwords_are_found_and_masked);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
