/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/known-hosts.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  static const struct
  {
    const char *host;
    guint16     port;
  } asked[] = { { "host.example.com", 22 }, { "host", 2222 }, { "::1", 22 }, { "", 0 } };
  static const char             ed25519[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20"
                                            "0123456789abcdef0123456789abcdef";
  g_autoptr (GBytes)            blob = g_bytes_new_static (ed25519, sizeof ed25519 - 1);
  g_autoptr (CulvertKnownHosts) hosts = culvert_known_hosts_new ();
  const GPtrArray              *entries;
  CulvertKnownHostsResult       result;

  culvert_known_hosts_add_text (hosts, "first", (const char *)data, n_bytes);
  culvert_known_hosts_add_text (hosts, "second", (const char *)data, n_bytes / 2);
  entries = culvert_known_hosts_get_entries (hosts);
  for (gsize i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_strfreev (culvert_known_hosts_order (hosts, asked[i].host, asked[i].port, TRUE));

      culvert_known_hosts_check (hosts, asked[i].host, asked[i].port, blob, &result);
      g_assert_true ((result.entry == NULL) == (result.verdict == CULVERT_KNOWN_HOSTS_UNKNOWN));
      if (entries->len > 0)
        {
          const CulvertKnownHostsEntry *entry = g_ptr_array_index (entries, 0);

          culvert_known_hosts_check (hosts, asked[i].host, asked[i].port, entry->public_blob,
                                     &result);
        }
    }
  return 0;
}
