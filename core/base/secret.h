/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_SECRET_H
#define SF_CORE_BASE_SECRET_H

#include "core/base/text.h"

/* Passwords that stand where people and logs read. Found by how they are written: before the @ of an address (a user alone is
   none in postgresql://), also of one without a scheme with which a text begins, or behind a name that ends in password, passwd,
   pwd, passphrase, secret, token, api_key, access_key, authorization, cookie or x-auth, then = or :, or behind a parameter of an
   address that ends in key. A placeholder such as {secret:NAME} is none. What is written in another way is not found: secrets
   belong into files that are for them alone. Any thread. */

/* The first in a text; false: none is found. */
bool sf_secret_find (struct sf_span text, struct sf_span *ret_secret);
/* Overwrite all of them with stars. */
void sf_secret_mask (char *text);

#endif
