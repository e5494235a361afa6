package io.rekindle.bench.torture;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The endless random load of a seed: users and orders that come, change, move and go, overrides,
 * policies, outreach rules, suppressions and records that the job refuses. Every transaction may be
 * repeated, since a commit without an answer may have taken place.
 */
final class LoadPlan {

  static final String USER = "torture-u";
  static final String CROWD = "torture-crowd-";
  static final int CROWD_SIZE = 2_000;

  /** Only users below this number are deleted: their emails may be refused on the way. */
  static final int LEAVERS = 40;

  static final int USERS = 200;

  private static final int ORDERS = 1_500;
  private static final int MAX_CHANGES = 4;
  private static final int HOURS = 24 * 400;

  private final Random random;

  LoadPlan(long seed) {
    this.random = new Random(seed);
  }

  /** The statements that a run begins with. */
  static List<String> preparation() {
    return List.of(
        "update engagement.outreach_settings set enabled = true, holdout_share = 0, quiet_from ="
            + " '00:00', quiet_until = '00:00', cooldown_days = 0, daily_cap = 1000000",
        """
        insert into engagement.scoring_policies (policy_version, document)
        select 'torture',
          jsonb_set(document, '{atRisk,scoreBelow}', '45') || '{"version": "torture"}'
        from engagement.scoring_policies where policy_version = 'cadence-v1'
        on conflict (policy_version) do nothing
        """,
        insertUsers(USER, USERS),
        insertUsers(CROWD, CROWD_SIZE));
  }

  /** Returns the statements of the next transaction. */
  List<String> next() {
    int size = 1 + random.nextInt(MAX_CHANGES);
    List<String> statements = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      statements.add(change());
    }
    return statements;
  }

  private String change() {
    String user = USER + random.nextInt(USERS);
    String order = "torture-o" + random.nextInt(ORDERS);
    int percent = random.nextInt(100);
    if (percent < 35) {
      return """
      insert into shop.orders (order_id, user_id, placed_at, amount) values ('%s', '%s', \
      now() - interval '%d hours', %d.%02d) on conflict (order_id) do update \
      set placed_at = excluded.placed_at, amount = excluded.amount, status = 'PLACED'\
      """
          .formatted(
              order, user, random.nextInt(HOURS), 1 + random.nextInt(500), random.nextInt(100));
    } else if (percent < 45) {
      return "update shop.orders set refunded_amount = round(amount * 0.%02d, 2) where order_id = '%s'"
          .formatted(random.nextInt(100), order);
    } else if (percent < 53) {
      return "update shop.orders set status = 'CANCELLED' where order_id = '%s'".formatted(order);
    } else if (percent < 61) {
      return "delete from shop.orders where order_id = '%s'".formatted(order);
    } else if (percent < 69) {
      return "update shop.orders set user_id = '%s' where order_id = '%s'".formatted(user, order);
    } else if (percent < 76) {
      return insertUser(user, random.nextInt(10) > 0);
    } else if (percent < 79) {
      return "delete from shop.users where user_id = '%s%d'"
          .formatted(USER, random.nextInt(LEAVERS));
    } else if (percent < 88) {
      return """
      insert into engagement.score_overrides (user_id, score, expires_at) values ('%s', %d, \
      now() + interval '%d seconds') on conflict (user_id) do update set score = excluded.score, \
      set_at = now(), expires_at = excluded.expires_at\
      """
          .formatted(user, random.nextInt(101), 5 + random.nextInt(120));
    } else if (percent < 92) {
      return "delete from engagement.score_overrides where user_id = '%s'".formatted(user);
    } else if (percent < 95) {
      return random.nextBoolean()
          ? "delete from engagement.suppressions where user_id = '%s'".formatted(user)
          : "insert into engagement.suppressions (user_id, reason) values ('%s', 'MANUAL') on conflict do nothing"
              .formatted(user);
    } else if (percent < 98) {
      return "update engagement.outreach_settings set enabled = %s, stale_days = %d"
          .formatted(random.nextInt(4) > 0, 7 + random.nextInt(30));
    } else {
      return random.nextInt(3) > 0
          ? "select engagement.activate_policy('%s')"
              .formatted(random.nextBoolean() ? "torture" : "cadence-v1")
          : refusedByTheJob();
    }
  }

  /** A policy that is none becomes a dead letter each time it changes. */
  private String refusedByTheJob() {
    return """
    insert into engagement.scoring_policies (policy_version, document) values ('torture-bad', \
    '{"tiers": %d}') on conflict (policy_version) do update set document = excluded.document\
    """
        .formatted(random.nextInt(1_000_000));
  }

  private static String insertUser(String user, boolean consent) {
    return """
    insert into shop.users (user_id, email, name, marketing_consent) values ('%1$s', \
    '%1$s@example.com', 'Nora', %2$s) on conflict (user_id) do update \
    set marketing_consent = excluded.marketing_consent\
    """
        .formatted(user, consent);
  }

  private static String insertUsers(String prefix, int count) {
    return """
    insert into shop.users (user_id, email, name, marketing_consent)
    select '%1$s' || n, '%1$s' || n || '@example.com', 'Nora', '%1$s' = '%2$s'
    from generate_series(0, %3$d) n on conflict (user_id) do nothing\
    """
        .formatted(prefix, USER, count - 1);
  }
}
