/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/byte-queue.h"

static void
assert_holds (CulvertByteQueue *queue, const GByteArray *model)
{
  gsize         n_bytes = 0;
  const guint8 *bytes = culvert_byte_queue_peek (queue, &n_bytes);

  g_assert_cmpmem (bytes, n_bytes, model->data, model->len);
  g_assert_cmpuint (queue->length, ==, model->len);
  g_assert_cmpint (bytes == NULL, ==, model->len == 0);
}

static void
test_agrees_with_a_plain_array (void)
{
  CulvertByteQueue queue = { 0 };
  GByteArray      *model = g_byte_array_new ();
  GRand           *random = g_rand_new_with_seed (4254);
  guint8           bytes[3000];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8)g_rand_int (random);

  for (guint i = 0; i < 20000; i++)
    {
      gboolean is_growing = (i / 500) % 2 == 0;
      guint    n_bytes = (guint)g_rand_int_range (random, 0, sizeof bytes);
      guint    from = (guint)g_rand_int_range (random, 0, (gint32)(sizeof bytes - n_bytes));

      if (g_rand_int_range (random, 0, 100) < (is_growing ? 55 : 45))
        {
          culvert_byte_queue_append (&queue, bytes + from, n_bytes);
          g_byte_array_append (model, bytes + from, n_bytes);
        }
      else
        {
          n_bytes = MIN (n_bytes, model->len);
          culvert_byte_queue_consume (&queue, n_bytes);
          if (n_bytes > 0)
            g_byte_array_remove_range (model, 0, n_bytes);
        }
      assert_holds (&queue, model);
    }

  culvert_byte_queue_clear (&queue);
  g_byte_array_unref (model);
  g_rand_free (random);
}

static void
test_owns_nothing_when_empty (void)
{
  CulvertByteQueue queue = { 0 };
  gsize            n_bytes = 1;

  g_assert_null (culvert_byte_queue_peek (&queue, &n_bytes));
  g_assert_cmpuint (n_bytes, ==, 0);
  culvert_byte_queue_append (&queue, NULL, 0);
  g_assert_null (queue.data);

  culvert_byte_queue_append (&queue, "abc", 3);
  g_assert_nonnull (queue.data);
  culvert_byte_queue_consume (&queue, 2);
  g_assert_nonnull (queue.data);
  culvert_byte_queue_consume (&queue, 1);
  g_assert_null (queue.data);
  g_assert_cmpuint (queue.capacity, ==, 0);

  culvert_byte_queue_append (&queue, "abc", 3);
  culvert_byte_queue_clear (&queue);
  g_assert_null (queue.data);
  g_assert_cmpuint (queue.length, ==, 0);
  culvert_byte_queue_clear (&queue);
}

/* However long the queue stays, each byte is moved only a few times, and what the queue owns stays in
 * proportion to what it holds. */
static void
test_moves_each_byte_a_few_times (void)
{
  const gsize waiting[] = { 1, 100, 5000, 1000 * 1000 };
  guint8      bytes[1000] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    {
      CulvertByteQueue queue = { 0 };
      guint64          n_appended = 0;
      guint64          n_moved = 0;

      while (n_appended < 20 * 1000 * 1000)
        {
          const guint8 *data = queue.data;
          gsize         start = queue.start;
          gsize         length = queue.length;

          culvert_byte_queue_append (&queue, bytes, sizeof bytes);
          n_appended += sizeof bytes;
          if (queue.data != data || queue.start < start)
            n_moved += length;
          g_assert_cmpuint (queue.capacity, <=, 4 * queue.length + 1024);

          if (queue.length > waiting[i])
            culvert_byte_queue_consume (&queue, queue.length - waiting[i]);
        }

      g_assert_cmpuint (n_moved, <=, 3 * n_appended);
      culvert_byte_queue_clear (&queue);
    }
}

static void
test_shrinks_after_a_flood (void)
{
  CulvertByteQueue   queue = { 0 };
  g_autofree guint8 *flood = g_malloc0 (1024 * 1024);

  culvert_byte_queue_append (&queue, flood, 1024 * 1024);
  culvert_byte_queue_consume (&queue, 1024 * 1024 - 10);

  /* Never empty, so never freed as a whole. */
  for (guint i = 0; i < 2000; i++)
    {
      culvert_byte_queue_append (&queue, flood, 1000);
      culvert_byte_queue_consume (&queue, 1000);
    }
  g_assert_cmpuint (queue.length, ==, 10);
  g_assert_cmpuint (queue.capacity, <=, 8192);

  culvert_byte_queue_clear (&queue);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/byte-queue/agrees-with-a-plain-array", test_agrees_with_a_plain_array);
  g_test_add_func ("/byte-queue/owns-nothing-when-empty", test_owns_nothing_when_empty);
  g_test_add_func ("/byte-queue/moves-each-byte-a-few-times", test_moves_each_byte_a_few_times);
  g_test_add_func ("/byte-queue/shrinks-after-a-flood", test_shrinks_after_a_flood);

  return g_test_run ();
}
