/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/port-proposal.h"

#include "base/low-ports.h"
#include "core/errors.h"
#include "core/port-choice.h"
#include "core/port-inquiry.h"
#include "engine/port-neighbours.h"
#include "ui/fold-layout.h"
#include "ui/port-buttons.h"
#include "words/failure.h"

#include <glib/gi18n.h>

/* While a port is typed, nobody asks about its beginning. */
#define DELAY_MS 400

struct _CulvertPortProposal
{
  AdwPreferencesRow    parent_instance;
  CulvertProfileDraft *draft;
  char                *forward_id;
  GListModel          *tunnels; /* nullable */
  CulvertEndpoint     *asked;   /* nullable: what the row is about */
  guint                delay_id;
  CulvertPortInquiry  *inquiry; /* nullable */
  GtkLabel            *label;
  GtkBox              *buttons;
};

G_DEFINE_FINAL_TYPE (CulvertPortProposal, culvert_port_proposal, ADW_TYPE_PREFERENCES_ROW)

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static CulvertForwardSpec *
find_spec (CulvertPortProposal *self)
{
  return culvert_profile_find_forward (culvert_profile_draft_peek (self->draft), self->forward_id);
}

static CulvertForwardPlace
get_place (CulvertPortProposal *self)
{
  return (CulvertForwardPlace){ culvert_profile_draft_peek (self->draft)->id, self->forward_id };
}

static void
stop_asking (CulvertPortProposal *self)
{
  g_clear_handle_id (&self->delay_id, g_source_remove);
  g_clear_pointer (&self->inquiry, culvert_port_inquiry_free);
}

/* @words: nullable: the field says enough itself */
static void
show (CulvertPortProposal *self, const GError *error, const char *words)
{
  gboolean has_buttons =
    culvert_port_buttons_fill (self->buttons, error, self->asked, "proposal.use");

  gtk_label_set_label (self->label, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->label), words != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->buttons), has_buttons);
  gtk_widget_set_visible (GTK_WIDGET (self), words != NULL || has_buttons);
}

static void
hide (CulvertPortProposal *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
set_free_port (GError **error, const CulvertEndpoint *where)
{
  g_autofree char *port = NULL;

  if (where == NULL)
    return;
  port = g_strdup_printf ("%u", culvert_endpoint_get_port (where));
  culvert_error_set_fact (error, CULVERT_FACT_FREE_PORT, port);
}

/* The next port that is free and nobody's. */
static void
show_next (CulvertPortProposal *self, CulvertForwardError code, const char *words)
{
  CulvertForwardPlace         place = get_place (self);
  g_autoptr (GError)          error = g_error_new (CULVERT_FORWARD_ERROR, (int)code, "taken");
  g_autoptr (CulvertEndpoint) next =
    culvert_port_neighbours_choose (self->tunnels, &place, self->asked);

  set_free_port (&error, next);
  show (self, error, words);
}

/* Does the forward listen there itself? */
static gboolean
is_our_own (CulvertPortProposal *self)
{
  const char *id = culvert_profile_draft_peek (self->draft)->id;

  for (guint i = 0; i < g_list_model_get_n_items (self->tunnels); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (self->tunnels, i);
      CulvertForwardItem       *item;

      if (g_strcmp0 (culvert_tunnel_get_id (tunnel), id) != 0)
        continue;
      item = culvert_tunnel_find_forward (tunnel, self->forward_id);
      return item != NULL && culvert_forward_item_get_state (item) == CULVERT_FORWARD_LISTENING &&
             culvert_listen_overlap (
               culvert_forward_spec_get_listen (culvert_forward_item_get_spec (item)), self->asked);
    }
  return FALSE;
}

static void
answer_cb (GError *answer, gpointer user_data)
{
  CulvertPortProposal            *self = user_data;
  CulvertForwardPlace             place = get_place (self);
  CulvertForwardSpec             *spec = find_spec (self);
  g_autoptr (GError)              error = answer;
  g_autoptr (GError)              complete = NULL;
  g_autoptr (CulvertFailureWords) words = NULL;

  g_clear_pointer (&self->inquiry, culvert_port_inquiry_free);
  if (error == NULL || spec == NULL)
    return;
  complete = culvert_port_neighbours_complete (self->tunnels, &place, self->asked, error);
  words =
    culvert_failure_words_for_forward (complete, spec, culvert_profile_draft_peek (self->draft));
  show (self, complete, words->what);
}

static gboolean
ask_cb (gpointer user_data)
{
  CulvertPortProposal *self = user_data;
  CulvertForwardPlace  place = get_place (self);
  CulvertTunnel *other = culvert_port_neighbours_find_saved (self->tunnels, &place, self->asked);

  self->delay_id = 0;
  if (other != NULL)
    {
      /* Translators: 1 is a tunnel's name, 2 a port number */
      g_autofree char *words = g_strdup_printf (
        _ ("The tunnel “%1$s” has a forward on port %2$u too: only one of them can be on."),
        culvert_tunnel_get_title (other), culvert_endpoint_get_port (self->asked));

      show_next (self, CULVERT_FORWARD_ERROR_PORT_IN_USE, words);
    }
  else if (!is_our_own (self))
    self->inquiry = culvert_port_inquiry_new (self->asked, NULL, answer_cb, self);
  return G_SOURCE_REMOVE;
}

/* (transfer none) (nullable): what there is to ask about */
static const CulvertEndpoint *
get_question (CulvertPortProposal *self)
{
  CulvertForwardSpec    *spec = find_spec (self);
  const CulvertEndpoint *listen;

  if (spec == NULL || culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (spec)))
    return NULL;
  listen = culvert_forward_spec_get_listen (spec);
  return culvert_endpoint_get_port (listen) != 0 ? listen : NULL;
}

static void
update (CulvertPortProposal *self)
{
  const CulvertEndpoint *listen = self->tunnels != NULL ? get_question (self) : NULL;

  if (listen != NULL && self->asked != NULL && culvert_endpoint_equal (listen, self->asked))
    return;
  stop_asking (self);
  hide (self);
  g_clear_pointer (&self->asked, culvert_endpoint_unref);
  if (listen == NULL)
    return;
  self->asked = culvert_endpoint_ref ((CulvertEndpoint *)listen);
  if (culvert_endpoint_get_port (listen) < culvert_low_ports_get_first ())
    show_next (self, CULVERT_FORWARD_ERROR_PORT_PRIVILEGED, NULL);
  else
    self->delay_id = g_timeout_add (DELAY_MS, ask_cb, self);
}

static void
use_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (CulvertEndpoint) where =
    culvert_endpoint_parse (g_variant_get_string (parameter, NULL), NULL);

  if (where != NULL)
    g_signal_emit (widget, signals[SIGNAL_CHOSEN], 0, where);
}

static void
culvert_port_proposal_dispose (GObject *object)
{
  CulvertPortProposal *self = CULVERT_PORT_PROPOSAL (object);

  stop_asking (self);
  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_func (self->draft, update, self);
  g_clear_object (&self->draft);
  g_clear_object (&self->tunnels);
  G_OBJECT_CLASS (culvert_port_proposal_parent_class)->dispose (object);
}

static void
culvert_port_proposal_finalize (GObject *object)
{
  CulvertPortProposal *self = CULVERT_PORT_PROPOSAL (object);

  g_free (self->forward_id);
  g_clear_pointer (&self->asked, culvert_endpoint_unref);
  G_OBJECT_CLASS (culvert_port_proposal_parent_class)->finalize (object);
}

static void
culvert_port_proposal_class_init (CulvertPortProposalClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = culvert_port_proposal_dispose;
  G_OBJECT_CLASS (klass)->finalize = culvert_port_proposal_finalize;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, CULVERT_TYPE_ENDPOINT);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "proposal.use", "s", use_action);
}

static void
culvert_port_proposal_init (CulvertPortProposal *self)
{
  g_autoptr (GtkLayoutManager) fold = g_object_new (CULVERT_TYPE_FOLD_LAYOUT, "spacing", 6, NULL);
  GtkWidget                   *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget                   *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget                   *icon =
    g_object_new (GTK_TYPE_IMAGE, "icon-name", "dialog-information-symbolic", "valign",
                  GTK_ALIGN_START, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->label, TRUE);
  gtk_label_set_wrap_mode (self->label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->label, 0);
  self->buttons =
    GTK_BOX (g_object_new (GTK_TYPE_BOX, "layout-manager", fold, "halign", GTK_ALIGN_START, NULL));
  gtk_widget_set_hexpand (column, TRUE);
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->label));
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->buttons));
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), column);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "problem");
  gtk_widget_add_css_class (GTK_WIDGET (self), "hint");
  /* A hint without words is about the problem in the row above. */
  g_object_bind_property (self->label, "visible", icon, "visible", G_BINDING_SYNC_CREATE);
  hide (self);
}

void
culvert_port_proposal_set_tunnels (CulvertPortProposal *self, GListModel *tunnels)
{
  g_return_if_fail (CULVERT_IS_PORT_PROPOSAL (self));
  g_return_if_fail (self->tunnels == NULL);

  self->tunnels = g_object_ref (tunnels);
}

void
culvert_port_proposal_watch (CulvertPortProposal *self,
                             CulvertProfileDraft *draft,
                             const char          *forward_id)
{
  g_autofree char *id = g_strdup (forward_id);

  g_return_if_fail (CULVERT_IS_PORT_PROPOSAL (self));
  g_return_if_fail (CULVERT_IS_PROFILE_DRAFT (draft));

  if (self->draft != draft)
    {
      if (self->draft != NULL)
        g_signal_handlers_disconnect_by_func (self->draft, update, self);
      g_set_object (&self->draft, draft);
      g_signal_connect_object (draft, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  g_free (self->forward_id);
  self->forward_id = g_steal_pointer (&id);
  g_clear_pointer (&self->asked, culvert_endpoint_unref);
  update (self);
}
