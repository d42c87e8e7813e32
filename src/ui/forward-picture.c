/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-picture.h"

#include "core/hop.h"
#include "ui/route-break.h"
#include "ui/route-strip.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

#define N_HOPS_SHOWN 3 /* more of them share one place */
#define WIDTH_PX     420

struct _CulvertForwardPicture
{
  GtkWidget parent_instance;
  CulvertRouteStrip
          *strips[2]; /* all jump hosts in one place; each in its own, where there is room */
  gboolean has_both;
};

enum
{
  TIGHT,
  ROOMY,
};

G_DEFINE_FINAL_TYPE (CulvertForwardPicture, culvert_forward_picture, GTK_TYPE_WIDGET)

static void
culvert_forward_picture_measure (GtkWidget     *widget,
                                 GtkOrientation orientation,
                                 int            for_size,
                                 int           *minimum,
                                 int           *natural,
                                 int           *minimum_baseline,
                                 int           *natural_baseline)
{
  CulvertForwardPicture *self = CULVERT_FORWARD_PICTURE (widget);
  int                    other;

  *minimum_baseline = *natural_baseline = -1;
  gtk_widget_measure (GTK_WIDGET (self->strips[TIGHT]), orientation, -1, minimum, natural, NULL,
                      NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *natural = MAX (*minimum, WIDTH_PX);
      return;
    }
  gtk_widget_measure (GTK_WIDGET (self->strips[ROOMY]), orientation, -1, &other, NULL, NULL, NULL);
  *minimum = *natural = self->has_both ? MAX (*minimum, other) : *minimum;
}

static void
culvert_forward_picture_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  CulvertForwardPicture *self = CULVERT_FORWARD_PICTURE (widget);
  gboolean               is_roomy =
    self->has_both && width >= culvert_route_strip_get_roomy_width (self->strips[ROOMY]);

  gtk_widget_set_child_visible (GTK_WIDGET (self->strips[ROOMY]), is_roomy);
  gtk_widget_set_child_visible (GTK_WIDGET (self->strips[TIGHT]), !is_roomy);
  gtk_widget_size_allocate (GTK_WIDGET (self->strips[is_roomy ? ROOMY : TIGHT]),
                            &(GtkAllocation){ 0, 0, width, height }, -1);
}

static void
culvert_forward_picture_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (culvert_forward_picture_parent_class)->dispose (object);
}

static void
culvert_forward_picture_class_init (CulvertForwardPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_forward_picture_dispose;
  widget_class->measure = culvert_forward_picture_measure;
  widget_class->size_allocate = culvert_forward_picture_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "forwardpicture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
culvert_forward_picture_init (CulvertForwardPicture *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->strips); i++)
    {
      self->strips[i] = g_object_new (CULVERT_TYPE_ROUTE_STRIP, NULL);
      gtk_widget_set_parent (GTK_WIDGET (self->strips[i]), GTK_WIDGET (self));
    }
}

/* (transfer full): "…" for what is not there yet */
static char *
describe_port (const CulvertEndpoint *end, gboolean is_picked)
{
  if (is_picked)
    return g_strdup (_ ("any port"));
  if (end == NULL)
    return g_strdup ("…");
  if (culvert_endpoint_get_kind (end) == CULVERT_ENDPOINT_UNIX)
    return g_strdup (culvert_endpoint_get_path (end));
  if (culvert_endpoint_get_port (end) == 0)
    return g_strdup ("…");
  /* Translators: %u is the number of a port */
  return g_strdup_printf (_ ("port %u"), culvert_endpoint_get_port (end));
}

static CulvertLeg
get_last_leg (const CulvertEndpoint *target)
{
  const char *host = target != NULL ? culvert_endpoint_get_host (target) : NULL;

  if (target == NULL)
    return CULVERT_LEG_PLAIN;
  if (host == NULL || (*host != '\0' && culvert_host_is_loopback (host)))
    return CULVERT_LEG_WITHIN;
  return CULVERT_LEG_PLAIN;
}

static void
show_target (CulvertRouteStrip *strip, guint index, const CulvertForwardFields *fields)
{
  const char *host = fields->target != NULL ? culvert_endpoint_get_host (fields->target) : NULL;
  g_autofree char  *port = describe_port (fields->target, FALSE);
  CulvertRoutePlace place = { "network-workgroup-symbolic", host, port, TRUE };

  if (culvert_forward_kind_is_proxy (fields->kind))
    /* Translators: read behind the place before it: “bastion”, “Anything”, “it reaches” */
    place = (CulvertRoutePlace){ "web-browser-symbolic", _ ("Anything"), _ ("it reaches"), FALSE };
  else if (fields->target != NULL && host == NULL)
    place = (CulvertRoutePlace){ "network-workgroup-symbolic", _ ("Socket"), port, FALSE };
  else if (host == NULL || *host == '\0')
    place.title = "…";
  culvert_route_strip_show_place (strip, index, &place);
}

/* (transfer full): the names alone, in the direction of a connection */
static char *
describe_way (const CulvertProfile *profile, gboolean is_remote)
{
  guint               n_hops = g_strv_length (profile->hops);
  g_autoptr (GString) way = g_string_new (NULL);

  for (guint i = 0; i < n_hops; i++)
    {
      g_autoptr (CulvertHop) hop =
        culvert_hop_parse (profile->hops[is_remote ? n_hops - 1 - i : i], NULL);

      g_string_append_printf (way, "%s%s", i > 0 ? " → " : "", hop != NULL ? hop->host : "…");
    }
  return g_string_free (g_steal_pointer (&way), FALSE);
}

/* In their own places, from place 1 on, in the direction of a connection. */
static void
show_each_hop (CulvertRouteStrip *strip, const CulvertProfile *profile, gboolean is_remote)
{
  guint n_hops = g_strv_length (profile->hops);

  for (guint i = 0; i < n_hops; i++)
    {
      g_autoptr (CulvertHop) hop =
        culvert_hop_parse (profile->hops[is_remote ? n_hops - 1 - i : i], NULL);
      CulvertRoutePlace place = { "network-server-symbolic", hop != NULL ? hop->host : "…",
                                  _ ("jump host"), TRUE };

      culvert_route_strip_show_place (strip, 1 + i, &place);
    }
}

static void
show_hops_as_one (CulvertRouteStrip *strip, const CulvertProfile *profile, gboolean is_remote)
{
  guint             n_hops = g_strv_length (profile->hops);
  g_autofree char  *way = describe_way (profile, is_remote);
  g_autofree char  *title = NULL;
  CulvertRoutePlace place = { "network-server-symbolic", NULL, way, FALSE };

  /* Translators: %u is a number greater than 1 */
  title = g_strdup_printf (ngettext ("%u jump host", "%u jump hosts", n_hops), n_hops);
  place.title = title;
  culvert_route_strip_show_place (strip, 1, &place);
}

/* The leg of the picture that is leg @leg of the way, counted from this computer on; @far: the place of
 * the other end of the tunnel. */
static guint
find_leg (guint leg, guint n_hops, guint far, gboolean is_remote)
{
  if (leg > n_hops)
    return far;
  leg = is_remote ? n_hops - leg : leg;
  return MIN (leg, far - 1);
}

static gboolean
is_picked (const CulvertForwardFields *fields)
{
  return culvert_forward_kind_is_remote (fields->kind) &&
         culvert_endpoint_get_kind (fields->listen) == CULVERT_ENDPOINT_TCP &&
         culvert_endpoint_get_port (fields->listen) == 0;
}

/* @broken_leg: counted from this computer on; negative: none */
static void
fill_strip (CulvertRouteStrip        *strip,
            const CulvertForwardSpec *spec,
            const CulvertProfile     *profile,
            guint                     n_hop_places,
            int                       broken_leg)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);
  guint                n_hops = g_strv_length (profile->hops);
  gboolean             is_remote = culvert_forward_kind_is_remote (fields.kind);
  guint                far = 1 + n_hop_places;
  g_autofree char     *port = describe_port (fields.listen, is_picked (&fields));
  CulvertRoutePlace    here = { "computer-symbolic", _ ("This computer"), is_remote ? "" : port,
                                FALSE };
  CulvertRoutePlace    server = { "network-server-symbolic",
                               profile->host[0] != '\0' ? profile->host : _ ("Server"),
                               is_remote ? port : "", TRUE };

  culvert_route_strip_set_n_places (strip, far + 2);
  culvert_route_strip_show_place (strip, is_remote ? far : 0, &here);
  if (n_hop_places == n_hops)
    show_each_hop (strip, profile, is_remote);
  else
    show_hops_as_one (strip, profile, is_remote);
  culvert_route_strip_show_place (strip, is_remote ? 0 : far, &server);
  show_target (strip, far + 1, &fields);
  for (guint i = 0; i <= far; i++)
    culvert_route_strip_show_leg (
      strip, i, i < far ? CULVERT_LEG_ENCRYPTED : get_last_leg (fields.target),
      broken_leg >= 0 && i == find_leg ((guint)broken_leg, n_hops, far, is_remote));
}

/* (transfer full): what the picture shows, for whoever does not see it */
static char *
describe (const CulvertForwardSpec *spec, const CulvertProfile *profile)
{
  g_autofree char *words = culvert_words_for_forward (spec, profile);
  g_autofree char *way = g_strjoinv (", ", profile->hops);
  g_autofree char *through = NULL;

  if (profile->hops[0] == NULL)
    return g_steal_pointer (&words);
  /* Translators: %s is a list of jump hosts */
  through = g_strdup_printf (_ ("The tunnel goes through %s."), way);
  return g_strconcat (words, " ", through, NULL);
}

void
culvert_forward_picture_set_forward (CulvertForwardPicture    *self,
                                     const CulvertForwardSpec *spec,
                                     const CulvertProfile     *profile,
                                     const GError             *error)
{
  g_autofree char *words = NULL;
  g_autofree char *broken = NULL;
  g_autofree char *all = NULL;
  guint            n_hops;
  int              broken_leg;

  g_return_if_fail (CULVERT_IS_FORWARD_PICTURE (self));
  g_return_if_fail (spec != NULL && profile != NULL);

  n_hops = g_strv_length (profile->hops);
  broken_leg = culvert_route_break_find (error, profile);
  self->has_both = n_hops > 1 && n_hops <= N_HOPS_SHOWN;
  fill_strip (self->strips[TIGHT], spec, profile, MIN (n_hops, 1), broken_leg);
  if (self->has_both)
    fill_strip (self->strips[ROOMY], spec, profile, n_hops, broken_leg);
  gtk_widget_set_visible (GTK_WIDGET (self->strips[ROOMY]), self->has_both);

  words = describe (spec, profile);
  broken = culvert_route_break_describe (error, spec, profile);
  all = g_strjoin (" ", words, broken, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, all, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
