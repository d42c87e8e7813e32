/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/certificate.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autoptr (GBytes)             blob = g_bytes_new_static (data, n_bytes);
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertCertificate) certificate = culvert_certificate_parse (blob, &error);

  g_assert_true ((certificate == NULL) == (error != NULL));
  if (certificate == NULL)
    return 0;
  g_assert_cmpuint (g_strv_length (certificate->principals), <=,
                    CULVERT_CERTIFICATE_PRINCIPALS_MAX);
  g_assert_cmpuint (g_bytes_get_size (certificate->plain_blob), <, n_bytes);
  culvert_certificate_find_option (certificate->critical_options, "force-command");
  culvert_certificate_find_option (certificate->extensions, "permit-pty");
  for (CulvertCertificateType type = CULVERT_CERTIFICATE_USER; type <= CULVERT_CERTIFICATE_HOST;
       type++)
    {
      culvert_certificate_check (certificate, type, "host.example.com", 1700000000);
      culvert_certificate_check (certificate, type, NULL, -1);
    }
  return 0;
}
