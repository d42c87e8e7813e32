/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/target-group.h"

#include "ui/entry.h"
#include "ui/hint-row.h"
#include "ui/problem-row.h"

#include <glib/gi18n.h>
#include <string.h>

struct _CulvertTargetGroup
{
  AdwPreferencesGroup parent_instance;
  CulvertForwardKind  kind;
  gboolean            is_filling;
  gboolean            is_suggested; /* the host, by us */
  gsize               n_before;     /* bytes of the host's field at its last change */

  AdwEntryRow       *host;
  AdwEntryRow       *port;
  CulvertProblemRow *host_problem;
  CulvertProblemRow *port_problem;
  CulvertHintRow    *ftp_hint;
};

G_DEFINE_FINAL_TYPE (CulvertTargetGroup, culvert_target_group, ADW_TYPE_PREFERENCES_GROUP)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FTP_WANTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_path (const char *text)
{
  return g_str_has_prefix (text, "/") || g_str_has_prefix (text, "~/");
}

static void
set_port (CulvertTargetGroup *self, guint16 port)
{
  g_autofree char *text = port != 0 ? g_strdup_printf ("%u", port) : g_strdup ("");

  culvert_entry_set_text (self->port, text);
}

static void
set_host (CulvertTargetGroup *self, const char *host)
{
  culvert_entry_set_text (self->host, host);
  self->n_before = strlen (host);
}

static void
update (CulvertTargetGroup *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->port), !is_path (culvert_entry_get_text (self->host)));
}

static void
changed_cb (CulvertTargetGroup *self)
{
  if (self->is_filling)
    return;
  update (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* `host:port` in the field of the host belongs into both. */
static void
split_host (CulvertTargetGroup *self)
{
  const char                 *text = culvert_entry_get_text (self->host);
  const char                 *colon = strrchr (text, ':');
  g_autoptr (CulvertEndpoint) end = NULL;

  if (colon == NULL || is_path (text) || (*text != '[' && strchr (text, ':') != colon))
    return;
  end = culvert_endpoint_parse (text, NULL);
  if (end == NULL || culvert_endpoint_get_kind (end) != CULVERT_ENDPOINT_TCP || colon == text ||
      culvert_endpoint_get_port (end) == 0)
    return;
  self->is_filling = TRUE;
  set_host (self, culvert_endpoint_get_host (end));
  set_port (self, culvert_endpoint_get_port (end));
  self->is_filling = FALSE;
  changed_cb (self);
}

static void
host_changed_cb (CulvertTargetGroup *self)
{
  gsize    n_bytes = strlen (culvert_entry_get_text (self->host));
  gboolean is_pasted = n_bytes > self->n_before + 1;

  if (self->is_filling)
    return;
  self->n_before = n_bytes;
  self->is_suggested = FALSE;
  changed_cb (self);
  if (is_pasted)
    split_host (self);
}

static void
ftp_clicked_cb (CulvertTargetGroup *self)
{
  g_signal_emit (self, signals[SIGNAL_FTP_WANTED], 0);
}

#define CODE(name) (1u << CULVERT_PROBLEM_##name)

static void
watch_problems (CulvertTargetGroup *self, CulvertProfileDraft *draft, const char *forward_id)
{
  const CulvertField field = CULVERT_FIELD_FORWARD_TARGET;

  culvert_problem_row_watch (
    self->host_problem, draft,
    &(CulvertProblemFilter){ .field = field,
                             .codes = CODE (MISSING) | CODE (INVALID_HOST) | CODE (INVALID_PATH),
                             .forward_id = forward_id },
    GTK_WIDGET (self->host));
  culvert_problem_row_watch (self->port_problem, draft,
                             &(CulvertProblemFilter){ .field = field,
                                                      .codes = CODE (INVALID_PORT),
                                                      .forward_id = forward_id },
                             GTK_WIDGET (self->port));
}

static void
culvert_target_group_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_TARGET_GROUP);
  G_OBJECT_CLASS (culvert_target_group_parent_class)->dispose (object);
}

static void
culvert_target_group_class_init (CulvertTargetGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_target_group_dispose;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FTP_WANTED] =
    g_signal_new ("ftp-wanted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
  g_type_ensure (CULVERT_TYPE_HINT_ROW);
  g_type_ensure (CULVERT_TYPE_PROBLEM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/target-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertTargetGroup, host);
  gtk_widget_class_bind_template_child (widget_class, CulvertTargetGroup, port);
  gtk_widget_class_bind_template_child (widget_class, CulvertTargetGroup, host_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertTargetGroup, port_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertTargetGroup, ftp_hint);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, host_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, split_host);
  gtk_widget_class_bind_template_callback (widget_class, ftp_clicked_cb);
}

static void
culvert_target_group_init (CulvertTargetGroup *self)
{
  self->is_filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->is_filling = FALSE;
}

void
culvert_target_group_set_forward (CulvertTargetGroup       *self,
                                  CulvertProfileDraft      *draft,
                                  const CulvertForwardSpec *spec)
{
  const CulvertEndpoint *target;
  const char            *path;

  g_return_if_fail (CULVERT_IS_TARGET_GROUP (self));
  g_return_if_fail (spec != NULL);

  target = culvert_forward_spec_get_target (spec);
  path = target != NULL ? culvert_endpoint_get_path (target) : NULL;
  self->is_filling = TRUE;
  if (path != NULL)
    set_host (self, path);
  else
    set_host (self, target != NULL ? culvert_endpoint_get_host (target) : "");
  set_port (self, target != NULL ? culvert_endpoint_get_port (target) : 0);
  self->is_suggested = FALSE;
  self->is_filling = FALSE;
  update (self);
  watch_problems (self, draft, culvert_forward_spec_get_id (spec));
}

/* (transfer full): @name as it stands, where an underscore would mark the letter behind it */
static char *
escape_mnemonic (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);

  return g_strjoinv ("__", parts);
}

static void
update_titles (CulvertTargetGroup *self, const char *server)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);
  g_autofree char     *name = escape_mnemonic (*server != '\0' ? server : _ ("the server"));
  g_autofree char     *title = NULL;

  if (culvert_forward_kind_is_remote (self->kind))
    {
      title = g_strdup (_ ("_Target as seen from this computer"));
      adw_preferences_group_set_description (
        group, _ ("A name or address that this computer reaches: “localhost” is this computer. Or "
                  "the path of a socket file here."));
    }
  else
    {
      /* Translators: %s is the server's name */
      title = g_strdup_printf (_ ("_Target as seen from %s"), name);
      adw_preferences_group_set_description (
        group, _ ("A name or address that the server reaches: “localhost” is the server itself. Or "
                  "the path of a socket file there."));
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->host), title);
}

void
culvert_target_group_set_kind (CulvertTargetGroup *self,
                               CulvertForwardKind  kind,
                               const char         *server)
{
  g_return_if_fail (CULVERT_IS_TARGET_GROUP (self));

  self->kind = kind;
  gtk_widget_set_visible (GTK_WIDGET (self),
                          kind == CULVERT_FORWARD_LOCAL || kind == CULVERT_FORWARD_REMOTE);
  update_titles (self, server);
}

void
culvert_target_group_suggest_host (CulvertTargetGroup *self, const char *host)
{
  g_return_if_fail (CULVERT_IS_TARGET_GROUP (self));

  if (!self->is_suggested && *culvert_entry_get_text (self->host) != '\0')
    return;
  self->is_filling = TRUE;
  set_host (self, host != NULL ? host : "");
  self->is_filling = FALSE;
  self->is_suggested = host != NULL;
  update (self);
}

CulvertEndpoint *
culvert_target_group_dup_endpoint (CulvertTargetGroup *self)
{
  const char *host;
  guint16     port = 0;

  g_return_val_if_fail (CULVERT_IS_TARGET_GROUP (self), NULL);

  host = culvert_entry_get_text (self->host);
  if (is_path (host))
    return culvert_endpoint_new_unix (host);
  if (!culvert_port_parse (culvert_entry_get_text (self->port), &port))
    port = 0;
  return culvert_endpoint_new_tcp (host, port);
}

void
culvert_target_group_offer_ftp (CulvertTargetGroup *self, gboolean is_offered)
{
  g_return_if_fail (CULVERT_IS_TARGET_GROUP (self));

  culvert_hint_row_set_words (
    self->ftp_hint, is_offered ? _ ("Port 21 is FTP’s. It moves files over connections of their "
                                    "own, which need to be carried too.")
                               : NULL);
}
