/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Both ends of an FTP control connection in the hands of the test: what each says, and what the other
 * gets, whether the client is here (a local forward) or at the server (a remote one): a test's data is
 * the kind of forward.  The FTP server is on loopback. */

#include "forward-fixture.h"

G_BEGIN_DECLS

typedef struct
{
  Fixture base; /* first */
  int     listener;
  guint16 port; /* of the forward */
  Client *client;
  Client *server;
} Ftp;

void     ftp_set_up (Ftp *self, gconstpointer data);
void     ftp_tear_down (Ftp *self, gconstpointer data);
gboolean ftp_is_local (gconstpointer data);

/* All of it up to the greeting … */
void ftp_begin (Ftp *self, gconstpointer data);
/* … and its parts: a forward to the FTP server at @host, switched on, with a client. */
void ftp_make (Ftp *self, gconstpointer data, const char *host);
void ftp_start (Ftp *self);
void ftp_connect (Ftp *self);

/* @descriptor: (transfer full) */
Client *client_wrap (int descriptor);
/* Waits for one that connects to @listener. */
Client *client_accept (int listener);
/* Waits for just that, and nothing after it. */
void client_expect (Client *client, const char *text);
/* @to gets what @from says. */
void client_say (Client *from, Client *to, const char *text);
/* (transfer full): what has come when its last line has its end */
char *client_take_line (Client *client);
/* Has at least as much come?  There is a NUL behind it. */
gboolean client_has_said (Client *client, const char *text);

/* The port in "227 … (h,h,h,h,p,p)" or "PORT h,h,h,h,p,p", where the numbers stand after @before. */
guint16 ftp_read_numbers (const char *line, const char *before);
char   *ftp_build_passive (guint16 port);
/* (transfer full): the client asks, the server says @reply: what the client gets */
char *ftp_ask_passive (Ftp *self, const char *command, const char *reply);
/* PASV.  Returns: where the client finds what leads to @data_listener */
guint16 ftp_go_passive (Ftp *self, int data_listener);
void    ftp_send_active (Ftp *self, guint16 port);

KeptConnection *ftp_get_connection (GPtrArray *list, guint index);
/* Both ways, and listed as what it is: the one data connection of the control connection. */
void ftp_assert_carries (Ftp *self, Client *here, Client *there);
/* Does nobody listen there?  Somebody who does gets a connection. */
gboolean ftp_is_refused (guint16 port);

G_END_DECLS
