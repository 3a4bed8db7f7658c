/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/xml.h"

#include "core/base/json.h"

#include <inttypes.h>
#include <libxml/parser.h>
#include <libxml/xmlwriter.h>
#include <stdio.h>
#include <string.h>

void
sf_map_xml_set_up (void)
{
  xmlInitParser ();
}

/* That memory was out is told by the text itself; the library, if told, would print it. */
static int
take_bytes (void *ctx, const char *bytes, int length)
{
  sf_strbuf_add_bytes (ctx, bytes, (size_t) length);
  return length;
}

static void
check (struct sf_map_xml *xml, int result)
{
  if (result < 0)
    xml->failed = true;
}

void
sf_map_xml_begin (struct sf_map_xml *xml, struct sf_strbuf *out)
{
  xmlOutputBufferPtr buffer = xmlOutputBufferCreateIO (take_bytes, NULL, out, NULL);
  *xml = (struct sf_map_xml){ .out = out, .writer = buffer ? xmlNewTextWriter (buffer) : NULL };
  if (!xml->writer)
    {
      if (buffer)
        xmlOutputBufferClose (buffer);
      xml->failed = true;
      return;
    }
  check (xml, xmlTextWriterSetIndent (xml->writer, 1));
  check (xml, xmlTextWriterSetIndentString (xml->writer, BAD_CAST " "));
  check (xml, xmlTextWriterStartDocument (xml->writer, NULL, "UTF-8", NULL));
}

enum sf_code
sf_map_xml_finish (struct sf_map_xml *xml, struct sf_error *err)
{
  if (xml->writer)
    {
      check (xml, xmlTextWriterEndDocument (xml->writer));
      xmlFreeTextWriter (xml->writer);
      xml->writer = NULL;
    }
  return xml->failed || xml->out->failed ? sf_fail (err, SF_ENOMEM, "out of memory for an XML document") : SF_OK;
}

void
sf_map_xml_doctype (struct sf_map_xml *xml, const char *name, const char *address)
{
  if (!xml->failed)
    check (xml, xmlTextWriterWriteDTD (xml->writer, BAD_CAST name, NULL, BAD_CAST address, NULL));
}

const char *
sf_map_xml_made (struct sf_map_xml *xml, const char *text)
{
  if (!text)
    xml->failed = true;
  return text;
}

void
sf_map_xml_open (struct sf_map_xml *xml, const char *name)
{
  if (!xml->failed)
    check (xml, xmlTextWriterStartElement (xml->writer, BAD_CAST name));
}

void
sf_map_xml_close (struct sf_map_xml *xml)
{
  if (!xml->failed)
    check (xml, xmlTextWriterEndElement (xml->writer));
}

/* How long the character at `at` is when XML 1.0 allows it (production 2, Char), else 0. */
static size_t
character_bytes (const char *at)
{
  uint8_t first = (uint8_t) *at;
  size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0x20 && first != '\t' && first != '\n' && first != '\r')
    return 0;
  if (strnlen (at, length) < length || !sf_text_is_utf8 ((const uint8_t *) at, length))
    return 0;
  bool is_nothing = length == 3 && (memcmp (at, "\xef\xbf\xbe", 3) == 0 || memcmp (at, "\xef\xbf\xbf", 3) == 0);
  return is_nothing ? 0 : length;
}

/* Of a text, what XML can hold; a copy only where something else is in it. */
static const char *
clean (const char *text, char **ret_copy)
{
  const char *at = text;
  size_t length = 0;
  *ret_copy = NULL;
  while (*at && (length = character_bytes (at)) > 0)
    at += length;
  if (!*at)
    return text;
  char *copy = *ret_copy = sf_mem_strdup (text);
  for (size_t i = (size_t) (at - text); copy && copy[i]; i += length)
    {
      length = character_bytes (copy + i);
      if (length == 0)
        {
          copy[i] = '?';
          length = 1;
        }
    }
  return copy;
}

void
sf_map_xml_attribute (struct sf_map_xml *xml, const char *name, const char *value)
{
  char *copy;
  if (xml->failed || !value)
    return;
  const char *cleaned = clean (value, &copy);
  check (xml, cleaned ? xmlTextWriterWriteAttribute (xml->writer, BAD_CAST name, BAD_CAST cleaned) : -1);
  sf_mem_free (copy);
}

void
sf_map_xml_text (struct sf_map_xml *xml, const char *text)
{
  char *copy;
  if (xml->failed)
    return;
  const char *cleaned = clean (text, &copy);
  check (xml, cleaned ? xmlTextWriterWriteString (xml->writer, BAD_CAST cleaned) : -1);
  sf_mem_free (copy);
}

void
sf_map_xml_leaf (struct sf_map_xml *xml, const char *name, const char *text)
{
  if (!text)
    return;
  sf_map_xml_open (xml, name);
  sf_map_xml_text (xml, text);
  sf_map_xml_close (xml);
}

void
sf_map_xml_leaf_int (struct sf_map_xml *xml, const char *name, int64_t value)
{
  char text[24];
  snprintf (text, sizeof text, "%" PRId64, value);
  sf_map_xml_leaf (xml, name, text);
}

/* Put count numbers with blanks between them through `put`. */
static void
put_numbers (struct sf_map_xml *xml, const char *name, const double *values, int count,
             void (*put) (struct sf_map_xml *, const char *, const char *))
{
  struct sf_strbuf text = { 0 };
  for (int i = 0; i < count; i++)
    {
      sf_strbuf_add (&text, i ? " " : "");
      sf_strbuf_add_double (&text, values[i]);
    }
  if (text.failed)
    xml->failed = true;
  else
    put (xml, name, text.text);
  sf_strbuf_finish (&text);
}

void
sf_map_xml_attribute_double (struct sf_map_xml *xml, const char *name, double value)
{
  put_numbers (xml, name, &value, 1, sf_map_xml_attribute);
}

void
sf_map_xml_leaf_double (struct sf_map_xml *xml, const char *name, double value)
{
  put_numbers (xml, name, &value, 1, sf_map_xml_leaf);
}

void
sf_map_xml_leaf_pair (struct sf_map_xml *xml, const char *name, double first, double second)
{
  const double pair[2] = { first, second };
  put_numbers (xml, name, pair, 2, sf_map_xml_leaf);
}
