/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/key-format.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

/* Text is taken for a key file, anything else for what is inside the armour of OpenSSH's format.
 * Always without a passphrase: deriving keys is slow, and what it decrypts comes by the plain way too. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  /* As the file reader does, a zero stands behind the text. */
  g_autofree char               *text = g_strndup ((const char *)data, n_bytes);
  const char                    *begin;
  CulvertKeyFormat               format = culvert_key_sniff (text, n_bytes, &begin, NULL);
  gsize                          n_left = begin != NULL ? n_bytes - (gsize)(begin - text) : 0;
  g_autoptr (CulvertPrivateKey)  key = NULL;
  g_autoptr (CulvertKeyFileInfo) info = NULL;

  culvert_crypto_protect_keys ();
  if (format == CULVERT_KEY_FORMAT_OPENSSH)
    {
      key = culvert_key_openssh_parse (begin, n_left, NULL, NULL, NULL);
      info = culvert_key_openssh_peek (begin, n_left, NULL);
    }
  else if (format == CULVERT_KEY_FORMAT_PEM)
    {
      key = culvert_key_pem_parse (begin, n_left, NULL, NULL);
      info = culvert_key_pem_peek (begin, n_left, NULL);
    }
  else
    key = culvert_key_openssh_parse_blob (data, n_bytes, NULL, NULL, NULL);
  return 0;
}
