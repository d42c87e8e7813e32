/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/listen-group.h"

#include "base/peer-user.h"
#include "ui/entry.h"
#include "ui/hint-row.h"
#include "ui/port-proposal.h"
#include "ui/problem-row.h"

#include <glib/gi18n.h>
#include <string.h>

#define USUAL_LOOPBACK "127.0.0.2"

/* Who can connect, which is where it listens. */
typedef enum
{
  PLACE_LOOPBACK,
  PLACE_OTHER_LOOPBACK, /* an address of 127.0.0.0/8, or ::1 */
  PLACE_ALL,
  PLACE_ADDRESS,
  PLACE_SOCKET,
  PLACE_END,
} Place;

struct _CulvertListenGroup
{
  AdwPreferencesGroup parent_instance;
  CulvertForwardKind  kind;
  Place               place;
  char               *loopback_host; /* "" or "localhost", as it was written */
  gboolean            is_filling;
  gboolean            is_suggested;  /* the port, by us */
  gboolean            can_see_users; /* the system tells who connects */

  AdwEntryRow    *port;
  CulvertHintRow *port_hint;
  GtkWidget      *pick_row;
  GtkSwitch      *pick;
  AdwExpanderRow *where_expander;
  AdwComboRow    *where;
  AdwEntryRow    *address;
  AdwEntryRow    *path;
  CulvertHintRow *where_hint;
  AdwActionRow   *my_user_row;
  GtkSwitch      *my_user;

  CulvertPortProposal *proposal;

  CulvertProblemRow *port_problem;
  CulvertProblemRow *address_problem;
  CulvertProblemRow *path_problem;
  CulvertProblemRow *where_problem;
};

G_DEFINE_FINAL_TYPE (CulvertListenGroup, culvert_listen_group, ADW_TYPE_PREFERENCES_GROUP)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* In the order of the combo row. */
static const Place places_here[] = { PLACE_LOOPBACK, PLACE_OTHER_LOOPBACK, PLACE_ALL,
                                     PLACE_ADDRESS,  PLACE_SOCKET,         PLACE_END };
static const Place places_there[] = { PLACE_LOOPBACK, PLACE_ALL, PLACE_ADDRESS, PLACE_SOCKET,
                                      PLACE_END };

static gboolean
is_remote (CulvertListenGroup *self)
{
  return culvert_forward_kind_is_remote (self->kind);
}

static const Place *
get_places (CulvertListenGroup *self)
{
  return is_remote (self) ? places_there : places_here;
}

/* Short enough for a menu. */
static const char *
get_place_name (CulvertListenGroup *self, Place place)
{
  switch (place)
    {
    case PLACE_OTHER_LOOPBACK:
      return _ ("Another loopback address");
    case PLACE_ALL:
      return _ ("All interfaces");
    case PLACE_ADDRESS:
      return _ ("A given address");
    case PLACE_SOCKET:
      return _ ("A socket file");
    case PLACE_LOOPBACK:
    case PLACE_END:
    default:
      return is_remote (self) ? _ ("Only the server") : _ ("Only this computer");
    }
}

/* An address that stands for all of them is one of those that can be given. */
static Place
find_reach (CulvertListenGroup *self)
{
  const char *address = culvert_entry_get_text (self->address);
  gboolean    is_any = g_str_equal (address, "0.0.0.0") || g_str_equal (address, "::");

  return self->place == PLACE_ADDRESS && is_any ? PLACE_ALL : self->place;
}

static const char *
get_who (CulvertListenGroup *self)
{
  switch (find_reach (self))
    {
    case PLACE_ALL:
      return is_remote (self) ? _ ("Programs on every computer that reaches the server")
                              : _ ("Programs on every computer that reaches this one");
    case PLACE_ADDRESS:
      return is_remote (self) ? _ ("Programs that reach one address of the server")
                              : _ ("Programs that reach one address of this computer");
    case PLACE_SOCKET:
      return is_remote (self) ? _ ("Programs that may open a file at the server")
                              : _ ("Only your programs, which may open a file");
    case PLACE_OTHER_LOOPBACK:
    case PLACE_LOOPBACK:
    case PLACE_END:
    default:
      return is_remote (self) ? _ ("Only programs on the server")
                              : _ ("Only programs on this computer");
    }
}

static const char *
get_hint_there (CulvertListenGroup *self)
{
  switch (self->place)
    {
    case PLACE_ALL:
      return _ ("The server’s administrator decides: with “GatewayPorts clientspecified” or "
                "“GatewayPorts yes” in sshd_config others can connect. Without such a line only "
                "programs on the server can.");
    case PLACE_ADDRESS:
      return _ ("The server’s administrator decides: with “GatewayPorts clientspecified” in "
                "sshd_config it listens at this address, with “GatewayPorts yes” at all of them. "
                "Without such a line only programs on the server can connect.");
    case PLACE_SOCKET:
      return NULL;
    case PLACE_LOOPBACK:
    case PLACE_OTHER_LOOPBACK:
    case PLACE_END:
    default:
      return _ (
        "Where the server’s sshd_config says “GatewayPorts yes”, others can connect all the "
        "same: the server then listens at all its addresses, whatever it is asked for.");
    }
}

static const char *
get_hint_here (CulvertListenGroup *self)
{
  gboolean is_empty = *culvert_entry_get_text (self->address) == '\0';

  switch (self->place)
    {
    case PLACE_OTHER_LOOPBACK:
      if (is_empty)
        return _ ("Type an address, such as 127.0.0.2. Without one it listens on localhost.");
      return _ (
        "Addresses from 127.0.0.1 to 127.255.255.254 are this computer alone. The same port "
        "is free again at each of them.");
    case PLACE_ADDRESS:
      if (is_empty)
        return _ ("Type an address that this computer has. Without one it listens on localhost.");
      return NULL;
    case PLACE_SOCKET:
      return _ ("The file is there while the forward listens. Only your own programs may open it "
                "(mode 0600).");
    case PLACE_ALL:
      return NULL;
    case PLACE_LOOPBACK:
    case PLACE_END:
    default:
      return _ ("It listens at 127.0.0.1 and ::1, which both are “localhost”.");
    }
}

static void
update_titles (CulvertListenGroup *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);

  adw_preferences_group_set_title (group, is_remote (self) ? _ ("Listens at the Server")
                                                           : _ ("Listens on This Computer"));
  switch (self->kind)
    {
    case CULVERT_FORWARD_REMOTE:
      adw_preferences_group_set_description (
        group, _ ("Programs at the server connect here, and reach the target below."));
      break;
    case CULVERT_FORWARD_DYNAMIC:
      adw_preferences_group_set_description (
        group, _ ("A proxy for your browser and other programs: SOCKS and HTTP on the same port. "
                  "Each program says itself where it wants to go."));
      break;
    case CULVERT_FORWARD_REVERSE_DYNAMIC:
      adw_preferences_group_set_description (
        group, _ ("A proxy for programs at the server: SOCKS and HTTP on the same port. Each says "
                  "itself where it wants to go, and gets there from this computer."));
      break;
    case CULVERT_FORWARD_LOCAL:
    default:
      adw_preferences_group_set_description (
        group, _ ("Programs on this computer connect here, and reach the target below."));
      break;
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->port),
                                 is_remote (self) ? _ ("_Port at the server")
                                                  : _ ("_Port on this computer"));
}

/* At the server 0 is a wish that works, so it is none that a form could refuse. */
static void
update_port_hint (CulvertListenGroup *self, gboolean has_port)
{
  const char      *text = culvert_entry_get_text (self->port);
  guint16          port = 0;
  g_autofree char *words = NULL;

  if (!has_port || !is_remote (self) || (culvert_port_parse (text, &port) && port != 0))
    words = NULL;
  else if (*text == '\0')
    words = g_strdup (_ ("Left empty, the server picks a free port."));
  else
    /* Translators: %s is what was typed */
    words = g_strdup_printf (_ ("“%s” is no port, so the server picks a free one. A port is a "
                                "number from 1 to 65535."),
                             text);
  culvert_hint_row_set_words (self->port_hint, words);
}

/* Is there a user to look up?  A socket's file is for its owner anyway. */
static gboolean
has_user (CulvertForwardKind kind, const CulvertEndpoint *listen)
{
  return culvert_endpoint_get_kind (listen) == CULVERT_ENDPOINT_TCP &&
         culvert_forward_listens_for_a_user (kind, listen);
}

static void
update_my_user (CulvertListenGroup *self)
{
  g_autoptr (CulvertEndpoint) listen = culvert_listen_group_dup_endpoint (self);
  const char                 *words;

  if (!self->can_see_users)
    words = _ ("This system doesn’t tell whose a connection is: every user of this computer can "
               "connect");
  else if (gtk_switch_get_active (self->my_user))
    words = _ ("Connections of other users of this computer are refused and counted");
  else
    words = _ ("Every user of this computer can connect");
  adw_action_row_set_subtitle (self->my_user_row, words);
  gtk_widget_set_sensitive (GTK_WIDGET (self->my_user_row), self->can_see_users);
  gtk_widget_set_visible (GTK_WIDGET (self->my_user_row), has_user (self->kind, listen));
}

/* What there is to fill in depends on the kind and on what was chosen. */
static void
update (CulvertListenGroup *self)
{
  gboolean is_picked = is_remote (self) && gtk_switch_get_active (self->pick);
  gboolean has_port = self->place != PLACE_SOCKET && !is_picked;
  gboolean has_address = self->place == PLACE_ADDRESS || self->place == PLACE_OTHER_LOOPBACK;

  gtk_widget_set_visible (self->pick_row, is_remote (self) && self->place != PLACE_SOCKET);
  gtk_widget_set_visible (GTK_WIDGET (self->port), has_port);
  update_port_hint (self, has_port);
  gtk_widget_set_visible (GTK_WIDGET (self->address), has_address);
  gtk_widget_set_visible (GTK_WIDGET (self->path), self->place == PLACE_SOCKET);
  culvert_hint_row_set_words (self->where_hint,
                              is_remote (self) ? get_hint_there (self) : get_hint_here (self));
  adw_expander_row_set_subtitle (self->where_expander, get_who (self));
  update_my_user (self);
}

static void
show_places (CulvertListenGroup *self)
{
  const Place              *places = get_places (self);
  g_autoptr (GtkStringList) model = gtk_string_list_new (NULL);
  guint                     selected = 0;

  for (guint i = 0; places[i] != PLACE_END; i++)
    {
      gtk_string_list_append (model, get_place_name (self, places[i]));
      if (places[i] == self->place)
        selected = i;
    }
  adw_combo_row_set_model (self->where, G_LIST_MODEL (model));
  adw_combo_row_set_selected (self->where, selected);
}

static void
changed_cb (CulvertListenGroup *self)
{
  if (self->is_filling)
    return;
  update (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
port_changed_cb (CulvertListenGroup *self)
{
  if (!self->is_filling)
    self->is_suggested = FALSE;
  changed_cb (self);
}

/* An address that does not fit the choice is not kept: it would be another choice. */
static void
fit_address (CulvertListenGroup *self)
{
  const char *text = culvert_entry_get_text (self->address);
  gboolean    is_loopback = *text != '\0' && culvert_host_is_loopback (text);

  if (self->place == PLACE_OTHER_LOOPBACK && !is_loopback)
    culvert_entry_set_text (self->address, USUAL_LOOPBACK);
  else if (self->place == PLACE_ADDRESS && is_loopback && !is_remote (self))
    culvert_entry_set_text (self->address, "");
}

static void
where_changed_cb (CulvertListenGroup *self)
{
  guint selected = adw_combo_row_get_selected (self->where);

  if (self->is_filling || selected == GTK_INVALID_LIST_POSITION)
    return;
  self->place = get_places (self)[selected];
  self->is_filling = TRUE;
  fit_address (self);
  self->is_filling = FALSE;
  changed_cb (self);
}

static Place
find_place (const CulvertEndpoint *listen, gboolean is_there)
{
  const char *host = culvert_endpoint_get_host (listen);

  if (host == NULL)
    return PLACE_SOCKET;
  if (*host == '\0' || g_str_equal (host, "localhost"))
    return PLACE_LOOPBACK;
  if (g_str_equal (host, "*"))
    return PLACE_ALL;
  return culvert_host_is_loopback (host) && !is_there ? PLACE_OTHER_LOOPBACK : PLACE_ADDRESS;
}

static void
fill (CulvertListenGroup *self, const CulvertEndpoint *listen)
{
  const char      *host = culvert_endpoint_get_host (listen);
  const char      *path = culvert_endpoint_get_path (listen);
  guint16          port = culvert_endpoint_get_port (listen);
  g_autofree char *number = port != 0 ? g_strdup_printf ("%u", port) : g_strdup ("");
  gboolean         has_address;

  self->is_filling = TRUE;
  self->place = find_place (listen, is_remote (self));
  has_address = self->place == PLACE_ADDRESS || self->place == PLACE_OTHER_LOOPBACK;
  g_free (self->loopback_host);
  self->loopback_host = g_strdup (self->place == PLACE_LOOPBACK ? host : "");
  culvert_entry_set_text (self->address, has_address ? host : "");
  culvert_entry_set_text (self->path, path != NULL ? path : "");
  culvert_entry_set_text (self->port, number);
  self->is_suggested = FALSE;
  gtk_switch_set_active (self->pick, is_remote (self) && path == NULL && port == 0);
  adw_expander_row_set_expanded (self->where_expander, self->place != PLACE_LOOPBACK);
  show_places (self);
  self->is_filling = FALSE;
}

/* Off where it means nothing yet would be off where it does, once it listens on loopback. */
static void
fill_my_user (CulvertListenGroup *self, const CulvertForwardFields *fields)
{
  gboolean lets_others = fields->any_user && has_user (fields->kind, fields->listen);

  self->is_filling = TRUE;
  gtk_switch_set_active (self->my_user, self->can_see_users && !lets_others);
  if (lets_others)
    adw_expander_row_set_expanded (self->where_expander, TRUE);
  self->is_filling = FALSE;
}

static void
proposal_chosen_cb (CulvertListenGroup *self, CulvertEndpoint *where)
{
  fill (self, where);
  changed_cb (self);
}

#define CODE(name) (1u << CULVERT_PROBLEM_##name)

static void
watch_problems (CulvertListenGroup *self, CulvertProfileDraft *draft, const char *forward_id)
{
  const struct
  {
    CulvertProblemRow *row;
    AdwEntryRow       *entry;
    guint              codes;
  } table[] = {
    { self->port_problem, self->port,
      CODE (PORT_ZERO) | CODE (PORT_PRIVILEGED) | CODE (LISTEN_TWICE) | CODE (INVALID_PORT) },
    { self->address_problem, self->address, CODE (INVALID_HOST) },
    { self->path_problem, self->path, CODE (MISSING) | CODE (INVALID_PATH) },
    { self->where_problem, NULL,
      CODE (EXPOSED) | CODE (EXPOSED_THERE) | CODE (REMOTE_UNIX_LISTEN) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    culvert_problem_row_watch (table[i].row, draft,
                               &(CulvertProblemFilter){ .field = CULVERT_FIELD_FORWARD_LISTEN,
                                                        .codes = table[i].codes,
                                                        .forward_id = forward_id },
                               GTK_WIDGET (table[i].entry));
}

static void
culvert_listen_group_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_LISTEN_GROUP);
  G_OBJECT_CLASS (culvert_listen_group_parent_class)->dispose (object);
}

static void
culvert_listen_group_finalize (GObject *object)
{
  g_free (CULVERT_LISTEN_GROUP (object)->loopback_host);
  G_OBJECT_CLASS (culvert_listen_group_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, port);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, port_hint);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, pick_row);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, pick);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, where_expander);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, where);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, address);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, path);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, where_hint);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, my_user_row);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, my_user);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, proposal);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, port_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, address_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, path_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertListenGroup, where_problem);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, port_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, where_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, proposal_chosen_cb);
}

static void
culvert_listen_group_class_init (CulvertListenGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_listen_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = culvert_listen_group_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (CULVERT_TYPE_HINT_ROW);
  g_type_ensure (CULVERT_TYPE_PORT_PROPOSAL);
  g_type_ensure (CULVERT_TYPE_PROBLEM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/listen-group.ui");
  bind_template (widget_class);
}

static void
culvert_listen_group_init (CulvertListenGroup *self)
{
  g_autoptr (CulvertPeerLookup) lookup = culvert_peer_lookup_new ();

  self->can_see_users = culvert_peer_lookup_works (lookup);
  self->is_filling = TRUE;
  self->loopback_host = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  self->is_filling = FALSE;
}

void
culvert_listen_group_set_forward (CulvertListenGroup       *self,
                                  CulvertProfileDraft      *draft,
                                  const CulvertForwardSpec *spec)
{
  CulvertForwardFields fields;

  g_return_if_fail (CULVERT_IS_LISTEN_GROUP (self));
  g_return_if_fail (spec != NULL);

  fields = culvert_forward_spec_get_fields (spec);
  self->kind = fields.kind;
  fill (self, fields.listen);
  fill_my_user (self, &fields);
  update_titles (self);
  update (self);
  watch_problems (self, draft, culvert_forward_spec_get_id (spec));
  culvert_port_proposal_watch (self->proposal, draft, culvert_forward_spec_get_id (spec));
}

void
culvert_listen_group_set_tunnels (CulvertListenGroup *self, GListModel *tunnels)
{
  g_return_if_fail (CULVERT_IS_LISTEN_GROUP (self));

  culvert_port_proposal_set_tunnels (self->proposal, tunnels);
}

void
culvert_listen_group_set_kind (CulvertListenGroup *self, CulvertForwardKind kind)
{
  g_return_if_fail (CULVERT_IS_LISTEN_GROUP (self));

  self->kind = kind;
  if (is_remote (self) && self->place == PLACE_OTHER_LOOPBACK)
    self->place = PLACE_ADDRESS;
  self->is_filling = TRUE;
  show_places (self);
  self->is_filling = FALSE;
  update_titles (self);
  update (self);
}

void
culvert_listen_group_suggest_port (CulvertListenGroup *self, guint16 port)
{
  g_autofree char *number = port != 0 ? g_strdup_printf ("%u", port) : g_strdup ("");

  g_return_if_fail (CULVERT_IS_LISTEN_GROUP (self));

  if (!self->is_suggested && *culvert_entry_get_text (self->port) != '\0')
    return;
  self->is_filling = TRUE;
  culvert_entry_set_text (self->port, number);
  self->is_filling = FALSE;
  self->is_suggested = port != 0;
  update (self);
}

CulvertEndpoint *
culvert_listen_group_dup_endpoint (CulvertListenGroup *self)
{
  guint16 port = 0;

  g_return_val_if_fail (CULVERT_IS_LISTEN_GROUP (self), NULL);

  if (!(is_remote (self) && gtk_switch_get_active (self->pick)) &&
      !culvert_port_parse (culvert_entry_get_text (self->port), &port))
    port = 0;
  switch (self->place)
    {
    case PLACE_ALL:
      return culvert_endpoint_new_tcp ("*", port);
    case PLACE_OTHER_LOOPBACK:
    case PLACE_ADDRESS:
      return culvert_endpoint_new_tcp (culvert_entry_get_text (self->address), port);
    case PLACE_SOCKET:
      return culvert_endpoint_new_unix (culvert_entry_get_text (self->path));
    case PLACE_LOOPBACK:
    case PLACE_END:
    default:
      return culvert_endpoint_new_tcp (self->loopback_host, port);
    }
}

void
culvert_listen_group_apply_user (CulvertListenGroup *self, CulvertForwardFields *fields)
{
  g_return_if_fail (CULVERT_IS_LISTEN_GROUP (self));

  if (self->can_see_users && has_user (fields->kind, fields->listen))
    fields->any_user = !gtk_switch_get_active (self->my_user);
}

void
culvert_listen_group_focus (CulvertListenGroup *self)
{
  g_return_if_fail (CULVERT_IS_LISTEN_GROUP (self));

  if (self->place == PLACE_SOCKET)
    gtk_widget_grab_focus (GTK_WIDGET (self->path));
  else if (gtk_widget_get_visible (GTK_WIDGET (self->port)))
    gtk_widget_grab_focus (GTK_WIDGET (self->port));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->pick));
}
