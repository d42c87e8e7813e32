/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/host-certificate-words.h"

#include <glib/gi18n.h>

const char *
culvert_words_for_host_certificate (CulvertHostCertificate problem)
{
  static const char *const words[CULVERT_N_HOST_CERTIFICATES] = {
    [CULVERT_HOST_CERTIFICATE_FINE] = NULL,
    [CULVERT_HOST_CERTIFICATE_MISSING] =
      N_ ("Your known hosts name an authority for this server, but the server shows no certificate "
          "from it."),
    [CULVERT_HOST_CERTIFICATE_NOT_CHECKED] =
      N_ ("Your known hosts name an authority for this server, but this build of Culvert uses the "
          "system’s libssh2, which cannot check a server’s certificate. Its plain key is used."),
    [CULVERT_HOST_CERTIFICATE_OTHER_AUTHORITY] =
      N_ ("The server’s certificate is by another authority than the one your known hosts name for "
          "it."),
    [CULVERT_HOST_CERTIFICATE_BAD_ALGORITHM] =
      N_ ("The server’s certificate is signed in a way that is not safe any more."),
    [CULVERT_HOST_CERTIFICATE_FOR_USERS] =
      N_ ("The server shows a certificate that is not for servers."),
    [CULVERT_HOST_CERTIFICATE_TOO_EARLY] =
      N_ ("The server’s certificate is not valid yet. Check the clock of this computer."),
    [CULVERT_HOST_CERTIFICATE_TOO_LATE] =
      N_ ("The server’s certificate has expired. Its administrator can renew it."),
    [CULVERT_HOST_CERTIFICATE_OTHER_HOSTS] =
      N_ ("The server’s certificate is not for this name. It may be right for another name of the "
          "server."),
    [CULVERT_HOST_CERTIFICATE_CONDITIONS] =
      N_ ("The server’s certificate has conditions that Culvert does not know."),
  };

  return _ (words[problem]);
}
