/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_XML_H
#define PLUGINS_SERVICE_MAP_XML_H

#include "core/base/text.h"

/* An XML document on its way into a text, by libxml2. Whatever stands in a text or an attribute is escaped; bytes that XML
   cannot hold (control characters, what is not UTF-8) become question marks. Failures are kept until the end. */
struct sf_map_xml
{
  struct sf_strbuf *out;
  void *writer;
  bool failed;
};

/* Once, before threads: libxml2 sets up its own tables. */
void sf_map_xml_set_up (void);

/* Begin a document in *out, which must outlive it. Give it to sf_map_xml_finish, which says SF_ENOMEM when anything was
   lost. */
void sf_map_xml_begin (struct sf_map_xml *xml, struct sf_strbuf *out);
enum sf_code sf_map_xml_finish (struct sf_map_xml *xml, struct sf_error *err);
/* <!DOCTYPE name SYSTEM "address">, or without an address for NULL. */
void sf_map_xml_doctype (struct sf_map_xml *xml, const char *name, const char *address);

/* A text from an arena on its way into the functions below: NULL, which means that memory was out there, is a failure. */
const char *sf_map_xml_made (struct sf_map_xml *xml, const char *text);

void sf_map_xml_open (struct sf_map_xml *xml, const char *name);
void sf_map_xml_close (struct sf_map_xml *xml);
/* Only right after open; a NULL value writes nothing. */
void sf_map_xml_attribute (struct sf_map_xml *xml, const char *name, const char *value);
void sf_map_xml_attribute_double (struct sf_map_xml *xml, const char *name, double value);
void sf_map_xml_text (struct sf_map_xml *xml, const char *text);

/* An element that holds a text; NULL writes nothing. */
void sf_map_xml_leaf (struct sf_map_xml *xml, const char *name, const char *text);
void sf_map_xml_leaf_int (struct sf_map_xml *xml, const char *name, int64_t value);
void sf_map_xml_leaf_double (struct sf_map_xml *xml, const char *name, double value);
/* An element that holds two numbers with a blank between them. */
void sf_map_xml_leaf_pair (struct sf_map_xml *xml, const char *name, double first, double second);

#endif
