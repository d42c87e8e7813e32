/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every form and dialog in many situations, light and dark, wide and narrow: each has room in the
 * narrowest window.  With CULVERT_PICTURES_DIR set, leaves a picture of each there. */

#include "config.h"

#include "ui/form-stage.h"

#include "ui/host-key-dialog.h"
#include "ui/picture.h"
#include "ui/secret-dialog.h"

#define NARROW_PX 360

typedef struct
{
  const char *name;
  GtkWidget *(*build) (FormStage *stage);
  double   scroll;   /* how far down, of what there is */
  gboolean is_alike; /* no new colours or widgets: the narrowest is enough for a test */
} Scene;

typedef struct
{
  const Scene *scene;
  gboolean     is_narrow;
  gboolean     is_dark;
  gboolean     is_mirrored; /* as for scripts that run from right to left */
} Shot;

static GtkWidget *
edit_command (FormStage *stage, const char *command)
{
  g_autoptr (CulvertProfile) profile = form_stage_parse (command);

  return GTK_WIDGET (form_stage_edit (stage, profile));
}

static GtkWidget *
build_new (FormStage *stage)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();

  return GTK_WIDGET (form_stage_edit (stage, profile));
}

static GtkWidget *
build_filled (FormStage *stage)
{
  return edit_command (stage, "ssh -p 2222 -L 5433:db.internal:5432 -L 8080:intranet:80 "
                              "alice@bastion.example.com");
}

static GtkWidget *
build_pasted (FormStage *stage)
{
  GtkWidget *editor = build_new (stage);

  form_stage_fill (
    editor, "Host",
    "ssh -N -i ~/.ssh/id_work -p 2222 -L 5433:db.internal:5432 -R 9000:localhost:9000 "
    "alice@bastion.example.com");
  return editor;
}

static GtkWidget *
build_refused (FormStage *stage)
{
  GtkWidget *editor = build_new (stage);

  form_stage_fill (editor, "Host", "ssh -w 0:0 bastion.example.com");
  return editor;
}

static GtkWidget *
build_problems (FormStage *stage)
{
  GtkWidget *editor =
    edit_command (stage, "ssh -i ~/.ssh/gone -L 80:db:5432 -L 80:web:80 -D 0.0.0.0:1080 x");

  form_stage_fill (editor, "Host", "bastion example com");
  form_stage_fill (editor, "Port", "99999");
  return editor;
}

static GtkWidget *
build_many (FormStage *stage)
{
  GString *command = g_string_new ("ssh");

  for (int i = 0; i < 24; i++)
    g_string_append_printf (command, " -L %d:host-%02d.internal.example.com:80", 8000 + i, i);
  g_string_append (command, " -R 9000:localhost:9000 -D 1080 "
                            "a.user.with.a.long.name@"
                            "jump-host-with-a-rather-long-name-17.production.example.com");
  return edit_command (stage, g_string_free (command, FALSE));
}

static GtkWidget *
build_unfolded (FormStage *stage)
{
  GtkWidget *editor = build_filled (stage);

  adw_expander_row_set_expanded (form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Order"), TRUE);
  adw_expander_row_set_expanded (form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Behaviour"), TRUE);
  adw_expander_row_set_expanded (form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Advanced"), TRUE);
  return editor;
}

static GtkWidget *
build_networks (FormStage *stage)
{
  const char *const               here[] = { "Café am Platz – Guests", NULL };
  g_autoptr (CulvertNetworkNames) names = culvert_network_names_new (here);
  g_autoptr (CulvertProfile)      profile = form_stage_parse ("ssh -L 5433:db:5432 bastion");
  GtkWidget                      *editor;

  culvert_tunnel_manager_set_network_names (stage->manager, names);
  profile->network_rule = CULVERT_NETWORK_RULE_ONLY;
  g_strfreev (profile->networks);
  profile->networks = g_strsplit ("Office;Home 5 GHz", ";", -1);
  profile->on_demand = TRUE;
  editor = GTK_WIDGET (form_stage_edit (stage, profile));
  adw_expander_row_set_expanded (form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Behaviour"), TRUE);
  return editor;
}

static GtkWidget *
build_networks_unknown (FormStage *stage)
{
  g_autoptr (CulvertNetworkNames) names = culvert_network_names_new (NULL);
  GtkWidget                      *editor = build_filled (stage);

  culvert_tunnel_manager_set_network_names (stage->manager, names);
  adw_combo_row_set_selected (form_stage_get (editor, ADW_TYPE_COMBO_ROW, "Connect on"), 1);
  return editor;
}

static GtkWidget *
build_way (FormStage *stage)
{
  GtkWidget *editor =
    edit_command (stage, "ssh -L 5433:db.internal:5432 -J me@gate.example.com:2200,"
                         "door.production.eu-central-1.example.com "
                         "alice@bastion.example.com");

  adw_expander_row_set_expanded (form_stage_get (editor, ADW_TYPE_EXPANDER_ROW, "Jump Hosts"),
                                 TRUE);
  adw_combo_row_set_selected (form_stage_get (editor, ADW_TYPE_COMBO_ROW, "Proxy"), 3);
  form_stage_settle (editor);
  form_stage_fill (editor, "Proxy’s address", "me@proxy.example.com:1080");
  return editor;
}

static GtkWidget *
build_forward (FormStage *stage, const char *command)
{
  g_autoptr (CulvertProfile) profile = form_stage_parse (command);
  CulvertProfileEditor      *editor = form_stage_edit (stage, profile);

  culvert_profile_editor_show_forward (
    editor,
    profile->forwards->len > 0 ? culvert_forward_spec_get_id (profile->forwards->pdata[0]) : NULL);
  return GTK_WIDGET (editor);
}

static GtkWidget *
build_hops (FormStage *stage)
{
  return build_forward (stage, "ssh -L 5433:db.internal:5432 -J gate.example.com,"
                               "door-with-a-long-name.example.com bastion.example.com");
}

static GtkWidget *
build_new_forward (FormStage *stage)
{
  return build_forward (stage, "ssh alice@bastion.example.com");
}

static GtkWidget *
build_local (FormStage *stage)
{
  return build_forward (stage, "ssh -L 5433:db.internal:5432 alice@bastion.example.com");
}

static GtkWidget *
build_local_on_server (FormStage *stage)
{
  return build_forward (stage, "ssh -L 5433:localhost:5432 alice@bastion.example.com");
}

static GtkWidget *
build_remote (FormStage *stage)
{
  return build_forward (stage, "ssh -R 8080:localhost:3000 alice@bastion.example.com");
}

static GtkWidget *
build_dynamic (FormStage *stage)
{
  return build_forward (stage, "ssh -D 1080 alice@bastion.example.com");
}

static GtkWidget *
build_remote_picked (FormStage *stage)
{
  return build_forward (stage, "ssh -R *:0:/run/me/app.sock alice@bastion.example.com");
}

static GtkWidget *
build_remote_socket (FormStage *stage)
{
  return build_forward (stage, "ssh -R /run/app.sock:localhost:3000 alice@bastion.example.com");
}

static GtkWidget *
build_reverse_dynamic (FormStage *stage)
{
  return build_forward (stage, "ssh -R 1080 alice@bastion.example.com");
}

static GtkWidget *
build_sockets (FormStage *stage)
{
  return build_forward (stage, "ssh -L /run/user/1000/docker.sock:/run/docker.sock bastion");
}

static GtkWidget *
build_loopback_address (FormStage *stage)
{
  return build_forward (stage, "ssh -D 127.0.0.9:1080 alice@bastion_with_an_underscore");
}

static GtkWidget *
build_ftp_offer (FormStage *stage)
{
  return build_forward (stage, "ssh -L 2121:files.internal:21 alice@bastion.example.com");
}

static GtkWidget *
build_ftp (FormStage *stage)
{
  return build_forward (stage, "ssh -R ftp/2121:localhost:21 alice@bastion.example.com");
}

static GtkWidget *
build_exposed (FormStage *stage)
{
  return build_forward (stage, "ssh -L 0.0.0.0:80:/run/a-service-with-a-long-name/socket.sock "
                               "jump-host-with-a-rather-long-name-17.production.example.com");
}

static GtkWidget *
build_any_user (FormStage *stage)
{
  g_autoptr (CulvertProfile) profile = form_stage_parse ("ssh -L 5433:db:5432 bastion");
  GtkWidget                 *editor;

  culvert_profile_let_any_user (profile);
  editor = GTK_WIDGET (form_stage_edit (stage, profile));
  culvert_profile_editor_show_forward (CULVERT_PROFILE_EDITOR (editor),
                                       culvert_forward_spec_get_id (profile->forwards->pdata[0]));
  return editor;
}

static GtkWidget *
show_dialog (FormStage *stage, const CulvertPromptFields *fields)
{
  g_autoptr (CulvertPrompt) prompt = culvert_prompt_new (fields);
  GtkWidget                *dialog;

  culvert_prompt_set_tunnel (prompt, "abc", "Production database");
  dialog = fields->kind == CULVERT_PROMPT_HOST_KEY
             ? culvert_host_key_dialog_new (prompt)
             : culvert_secret_dialog_new (prompt, CULVERT_SECRET_STORE_KEYRING);
  gtk_window_set_transient_for (GTK_WINDOW (dialog), GTK_WINDOW (stage->window));
  gtk_window_present (GTK_WINDOW (dialog));
  form_stage_settle (dialog);
  return dialog;
}

#define RANDOM_ART                                                                                 \
  "+--[ED25519 256]--+\n|      .o+=o.     |\n|     . .=oo      |\n|    . o. + .     |\n"           \
  "|     +.o= +      |\n|    ..=oS*       |\n|     o+=.= .     |\n|    ..o+* +      |\n"           \
  "|     .+=.E .     |\n|     .o+=+       |\n+----[SHA256]-----+"

static GtkWidget *
build_host_key (FormStage *stage)
{
  CulvertHostKeyInfo info = {
    .host = (char *)"bastion.example.com",
    .port = 2222,
    .type_name = (char *)"ssh-ed25519",
    .fingerprint = (char *)"SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDsuIGVe4HAvIgGpr0",
    .random_art = (char *)RANDOM_ART,
  };

  return show_dialog (stage, &(CulvertPromptFields){ .kind = CULVERT_PROMPT_HOST_KEY,
                                                     .user = "alice",
                                                     .host = "bastion.example.com",
                                                     .port = 2222,
                                                     .host_key = &info });
}

static GtkWidget *
build_host_key_other (FormStage *stage)
{
  CulvertHostKeyInfo info = {
    .host = (char *)"jump-host-with-a-rather-long-name-17.production.eu-central-1.example.com",
    .port = 22,
    .type_name = (char *)"ecdsa-sha2-nistp256",
    .fingerprint = (char *)"SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDsuIGVe4HAvIgGpr0",
    .random_art = (char *)RANDOM_ART,
    .other_known = (char *)"SHA256:Kx0u9e8BgrJXVGDsuIGVe4HAvIgGpr0uNiVztksCsDh",
  };
  GtkWidget *dialog = show_dialog (
    stage, &(CulvertPromptFields){
             .kind = CULVERT_PROMPT_HOST_KEY, .host = info.host, .port = 22, .host_key = &info });

  gtk_expander_set_expanded (form_stage_get (dialog, GTK_TYPE_EXPANDER, NULL), TRUE);
  return dialog;
}

static GtkWidget *
build_password (FormStage *stage)
{
  CulvertPromptField field = { (char *)"", TRUE };

  return show_dialog (stage, &(CulvertPromptFields){ .kind = CULVERT_PROMPT_PASSWORD,
                                                     .user = "alice",
                                                     .host = "bastion.example.com",
                                                     .port = 22,
                                                     .secret_purpose = "password",
                                                     .fields = &field,
                                                     .n_fields = 1 });
}

static GtkWidget *
build_passphrase (FormStage *stage)
{
  CulvertPromptField field = { (char *)"", TRUE };

  return show_dialog (stage, &(CulvertPromptFields){ .kind = CULVERT_PROMPT_PASSPHRASE,
                                                     .user = "alice",
                                                     .host = "bastion.example.com",
                                                     .port = 22,
                                                     .key_file = "/home/alice/.ssh/id_ed25519",
                                                     .secret_purpose = "passphrase:x",
                                                     .attempt = 1,
                                                     .fields = &field,
                                                     .n_fields = 1 });
}

static GtkWidget *
build_questions (FormStage *stage)
{
  CulvertPromptField fields[] = {
    { (char *)"Password: ", TRUE },
    { (char *)"Enter the six digits that the app on your phone shows for this server: ", FALSE },
  };

  return show_dialog (
    stage, &(CulvertPromptFields){ .kind = CULVERT_PROMPT_QUESTIONS,
                                   .user = "alice",
                                   .host = "bastion.example.com",
                                   .port = 22,
                                   .title = "Two-step sign-in",
                                   .instruction = "Your last sign-in was on Monday at 09:12 from "
                                                  "203.0.113.9. <b>Not you?</b> Call 4711.",
                                   .fields = fields,
                                   .n_fields = 2 });
}

static GtkWidget *
build_new_password (FormStage *stage)
{
  CulvertPromptField field = { (char *)"", TRUE };

  return show_dialog (stage, &(CulvertPromptFields){ .kind = CULVERT_PROMPT_NEW_PASSWORD,
                                                     .user = "alice",
                                                     .host = "bastion.example.com",
                                                     .port = 22,
                                                     .instruction = "At least 12 characters.",
                                                     .secret_purpose = "password",
                                                     .fields = &field,
                                                     .n_fields = 1 });
}

static GtkWidget *
build_new_password_again (FormStage *stage)
{
  CulvertPromptField field = { (char *)"", TRUE };

  return show_dialog (stage, &(CulvertPromptFields){
                               .kind = CULVERT_PROMPT_NEW_PASSWORD,
                               .user = "al\xe2\x80\xaeice",
                               .host = "bastion.example.com",
                               .port = 22,
                               .instruction = "Too simple.\nAt least 12 letters, of which one is a "
                                              "digit.\x07",
                               .secret_purpose = "password",
                               .attempt = 1,
                               .fields = &field,
                               .n_fields = 1 });
}

static GtkWidget *
build_certificate (FormStage *stage)
{
  return edit_command (stage, "ssh -i ~/.ssh/id_work -o CertificateFile=~/.ssh/work-cert.pub "
                              "-L 5433:db.internal:5432 alice@bastion.example.com");
}

/* Another tunnel is saved with the port. */
static GtkWidget *
build_taken (FormStage *stage)
{
  g_autoptr (CulvertProfile) other = form_stage_parse ("ssh -L 15432:db:5432 staging.example.com");
  g_autoptr (CulvertProfile) profile =
    form_stage_parse ("ssh -L 15432:db.internal:5432 alice@bastion.example.com");
  CulvertProfileEditor *editor;

  culvert_profile_set_string (&other->name, "Staging");
  g_assert_true (culvert_tunnel_manager_save (stage->manager, other, NULL));
  editor = form_stage_edit (stage, profile);
  culvert_profile_editor_show_forward (editor,
                                       culvert_forward_spec_get_id (profile->forwards->pdata[0]));
  culvert_test_wait_until (form_stage_shows (editor, "The tunnel “Staging” has a forward"), 10000);
  return GTK_WIDGET (editor);
}

static GtkWidget *
build_low (FormStage *stage)
{
  g_autoptr (CulvertProfile) profile =
    form_stage_parse ("ssh -L 443:intranet:443 alice@bastion.example.com");
  CulvertProfileEditor *editor = form_stage_edit (stage, profile);

  culvert_profile_editor_show_forward (editor,
                                       culvert_forward_spec_get_id (profile->forwards->pdata[0]));
  form_stage_settle (editor);
  return GTK_WIDGET (editor);
}

static const Scene scenes[] = {
  { .name = "new", .build = build_new },
  { .name = "filled", .build = build_filled },
  { .name = "filled-end", .build = build_filled, .scroll = 1 },
  { .name = "pasted", .build = build_pasted },
  { .name = "refused", .build = build_refused },
  { .name = "problems", .build = build_problems },
  { .name = "problems-end", .build = build_problems, .scroll = 1 },
  { .name = "many", .build = build_many, .scroll = 0.5 },
  { .name = "unfolded", .build = build_unfolded, .scroll = 0.5 },
  { .name = "unfolded-end", .build = build_unfolded, .scroll = 1 },
  { .name = "networks", .build = build_networks, .scroll = 0.55 },
  { .name = "networks-unknown", .build = build_networks_unknown, .scroll = 1 },
  { .name = "way", .build = build_way, .scroll = 0.4 },
  { .name = "forward-hops", .build = build_hops },
  { .name = "forward-taken", .build = build_taken, .scroll = 0.4 },
  { .name = "forward-low", .build = build_low, .scroll = 0.4 },
  { .name = "forward-new", .build = build_new_forward },
  { .name = "forward-local", .build = build_local },
  { .name = "forward-local-end", .build = build_local, .scroll = 1 },
  { .name = "forward-on-server", .build = build_local_on_server },
  { .name = "forward-remote", .build = build_remote },
  { .name = "forward-remote-picked", .build = build_remote_picked, .scroll = 0.5 },
  { .name = "forward-remote-picked-end",
    .build = build_remote_picked,
    .scroll = 1,
    .is_alike = TRUE },
  { .name = "forward-remote-socket",
    .build = build_remote_socket,
    .scroll = 0.4,
    .is_alike = TRUE },
  { .name = "forward-dynamic", .build = build_dynamic, .is_alike = TRUE },
  { .name = "forward-any-user", .build = build_any_user, .scroll = 0.6, .is_alike = TRUE },
  { .name = "forward-dynamic-end", .build = build_dynamic, .scroll = 1, .is_alike = TRUE },
  { .name = "forward-reverse-dynamic", .build = build_reverse_dynamic, .is_alike = TRUE },
  { .name = "forward-sockets", .build = build_sockets, .scroll = 0.5, .is_alike = TRUE },
  { .name = "forward-loopback", .build = build_loopback_address, .scroll = 0.5, .is_alike = TRUE },
  { .name = "forward-ftp-offer", .build = build_ftp_offer, .scroll = 0.8, .is_alike = TRUE },
  { .name = "forward-ftp", .build = build_ftp, .scroll = 1 },
  { .name = "forward-exposed", .build = build_exposed, .scroll = 0.6 },
  { .name = "host-key", .build = build_host_key },
  { .name = "host-key-other", .build = build_host_key_other },
  { .name = "password", .build = build_password },
  { .name = "passphrase", .build = build_passphrase },
  { .name = "questions", .build = build_questions },
  { .name = "new-password", .build = build_new_password },
  { .name = "new-password-again", .build = build_new_password_again },
  { .name = "certificate", .build = build_certificate, .scroll = 0.5 },
};

static void
scroll (GtkWidget *window, double fraction)
{
  GtkScrolledWindow *scrolled = form_stage_find (window, GTK_TYPE_SCROLLED_WINDOW, NULL);
  GtkAdjustment     *adjustment;

  if (scrolled == NULL)
    return;
  adjustment = gtk_scrolled_window_get_vadjustment (scrolled);
  gtk_adjustment_set_value (adjustment, fraction * (gtk_adjustment_get_upper (adjustment) -
                                                    gtk_adjustment_get_page_size (adjustment)));
}

static void
test_shot (FormStage *stage, gconstpointer data)
{
  const Shot      *shot = data;
  const char      *dir = g_getenv ("CULVERT_PICTURES_DIR");
  GtkWidget       *window;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  int              minimum;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      shot->is_dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                    : ADW_COLOR_SCHEME_FORCE_LIGHT);
  gtk_widget_set_default_direction (shot->is_mirrored ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  if (shot->is_narrow)
    {
      gtk_window_set_default_size (GTK_WINDOW (stage->window), NARROW_PX, 640);
      culvert_test_spend (50);
    }
  window = shot->scene->build (stage);
  if (shot->is_narrow && CULVERT_IS_PROFILE_EDITOR (window))
    gtk_window_set_default_size (GTK_WINDOW (window), NARROW_PX, 640);
  form_stage_settle (window);
  /* What slides and fades is waited for only by who looks. */
  if (dir != NULL)
    culvert_test_spend (250);
  if (shot->scene->scroll > 0)
    scroll (window, shot->scene->scroll);
  form_stage_settle (window);
  if (dir != NULL)
    culvert_test_spend (50);

  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, NARROW_PX);
  if (dir == NULL)
    return;
  name = g_strdup_printf ("%s-%s%s%s.png", shot->scene->name, shot->is_narrow ? "narrow" : "wide",
                          shot->is_dark ? "-dark" : "", shot->is_mirrored ? "-mirrored" : "");
  path = g_build_filename (dir, name, NULL);
  culvert_picture_take (window, path);
}

static void
add_shot (const Scene *scene, gboolean is_narrow, gboolean is_dark, gboolean is_mirrored)
{
  static Shot      shots[G_N_ELEMENTS (scenes) * 3];
  static guint     n_shots;
  Shot            *shot = &shots[n_shots++];
  g_autofree char *path =
    g_strdup_printf ("/ui/form-pictures/%s/%s%s%s", scene->name, is_narrow ? "narrow" : "wide",
                     is_dark ? "-dark" : "", is_mirrored ? "-mirrored" : "");

  shot->scene = scene;
  shot->is_narrow = is_narrow;
  shot->is_dark = is_dark;
  shot->is_mirrored = is_mirrored;
  g_test_add_vtable (path, sizeof (FormStage), shot, (GTestFixtureFunc)form_stage_set_up,
                     (GTestFixtureFunc)test_shot, (GTestFixtureFunc)form_stage_tear_down);
}

int
main (int argc, char **argv)
{
  form_stage_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      add_shot (&scenes[i], TRUE, TRUE, FALSE);
      /* Our code is the same in all of them; the others are about room and colours. */
#ifndef __SANITIZE_ADDRESS__
      if (scenes[i].is_alike && g_getenv ("CULVERT_PICTURES_DIR") == NULL)
        continue;
      add_shot (&scenes[i], FALSE, FALSE, FALSE);
      add_shot (&scenes[i], TRUE, FALSE, TRUE);
#endif
    }
  return g_test_run ();
}
