package io.rekindle.bench;

import io.rekindle.local.demo.DemoShop;
import io.rekindle.local.demo.OrderingPattern;
import io.rekindle.local.demo.Region;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.orders.OrderTable;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;

/**
 * A made-up shop of any size after years with the pipeline: users, orders, exact scores and their
 * history, episodes, decisions and emails. It is for measurements without a pipeline, since copied
 * rows would overload a running capture. Two shops of one size and one end are equal. The class is
 * long, since each of its seven tables has its own columns.
 */
public final class LargeShop {

  /** The policy of the scores. */
  public static final String POLICY = "cadence-v1";

  private static final long SEED = 1_000_003;
  private static final long DAY = 86_400_000L;
  private static final int HISTORY_DAYS = 730;

  /** The days between two rows of history. */
  private static final int DAYS_PER_CHANGE = 45;

  /** The mean number of a user's orders. */
  private static final int ORDERS_EACH = 10;

  /** The rows of history of each user. */
  private static final int CHANGES_EACH = 5;

  /** The comment of the schema while rows or indexes are missing. */
  private static final String UNFINISHED = "being filled";

  private static final int EURO = CurrencyCodes.pack("EUR");

  /** One of this many clients has as many orders as the pipeline keeps. */
  private static final int BUYS_EVERY_DAY_ONE_IN = 10_000;

  /** One of this many clients has no name, and the next one has no address. */
  private static final int UNKNOWN_ONE_IN = 1_000;

  /** One of this many episodes is held out, and one is skipped. */
  private static final int HELD_OUT_ONE_IN = 10;

  private static final int SKIPPED_ONE_IN = 3;

  /** The tables with the columns of their rows, in order. */
  private static final List<String> TABLES =
      List.of(
          "shop.users (user_id, email, name, preferred_categories, time_zone, locale,"
              + " marketing_consent, created_at)",
          "shop.orders (order_id, user_id, placed_at, amount, refunded_amount, status, category)",
          "engagement.user_scores (user_id, score, band, segment, "
              + Factor.columns()
              + ", order_probability, value_at_stake, order_count, average_order_value,"
              + " last_order_at, usual_gap_ms, at_risk, at_risk_since, next_change_at, as_of,"
              + " revision, policy_version, client_since)",
          "engagement.score_history (user_id, as_of, revision, score, band, segment, at_risk, "
              + Factor.columns()
              + ", previous_score, previous_band, previous_at_risk, cause, policy_version)",
          "engagement.risk_episodes (episode_id, user_id, opened_at, noticed_at, closed_at,"
              + " close_reason, score_at_opening, policy_version, as_of, revision)",
          "engagement.outreach_decisions (decision_id, episode_id, user_id, decision, reason,"
              + " decided_at, experiment_id, arm, score, policy_version, inputs)",
          "engagement.emails (email_id, episode_id, decision_id, user_id, subject, html, text,"
              + " status, generated_by, experiment_id, variant, engagement_score_at_time,"
              + " generated_at, sent_at)");

  private final int users;
  private final long now;
  private final Scorer scorer = new Scorer(ScoringPolicy.builtIn(POLICY));
  private final Random random = new Random(SEED);
  private final OrderTable orders = new OrderTable();
  private final TableCopies rows = new TableCopies();
  private long orderNumber;

  /**
   * @param now the end of the shop's history
   */
  private LargeShop(int users, Instant now) {
    this.users = users;
    this.now = now.toEpochMilli();
  }

  /**
   * Fills a database with such a shop, unless it has one.
   *
   * @param owner connections of the owner of the tables
   * @return whether this call filled the database
   * @throws Failure if the database has another shop, or an incomplete one
   */
  public static boolean ensure(DataSource owner, int users, Progress progress) throws SQLException {
    long found;
    try (Connection connection = owner.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*), obj_description('shop'::regnamespace, 'pg_namespace')"
                    + " from shop.users")) {
      row.next();
      found = row.getLong(1);
      if (UNFINISHED.equals(row.getString(2))) {
        throw new Failure(
            "the shop that is there was not filled to its end: remove the directory, or name"
                + " another");
      }
    }
    if (found == 0) {
      new LargeShop(users, Instant.now()).fill(owner, progress);
    } else if (found != users) {
      throw new Failure(
          "there is a shop of %,d users already: name another directory, or ask for these"
              .formatted(found));
    }
    return found == 0;
  }

  /** Returns the id of a user, from 0. */
  public static String userId(int number) {
    return "client-%07d".formatted(number);
  }

  /** Returns the id of a user with {@link OrderHistory#MAX_ORDERS} orders, from 0. */
  public static String busiestUserId(int number) {
    return userId(number * BUYS_EVERY_DAY_ONE_IN);
  }

  /** Returns how many of the given number of users have {@link OrderHistory#MAX_ORDERS} orders. */
  public static int busiestUsers(int users) {
    return (users + BUYS_EVERY_DAY_ONE_IN - 1) / BUYS_EVERY_DAY_ONE_IN;
  }

  private void fill(DataSource owner, Progress progress) throws SQLException {
    progress.step("taking indexes away");
    execute(owner, "comment on schema shop is '" + UNFINISHED + "'");
    List<String> indexes = dropIndexes(owner);
    ensureHistory(owner);
    try (rows) {
      for (String table : TABLES) {
        rows.open(owner, table);
      }
      for (int number = 0; number < users; number++) {
        writeUser(number);
        progress.count("filling", number, users);
      }
      rows.commit();
      execute(
          owner,
          "insert into engagement.pipeline_progress (subtask, parallelism, watermark)"
              + " values (0, 1, '%s')".formatted(Instant.ofEpochMilli(now)));
    }
    int built = 0;
    for (String index : indexes) {
      progress.count("building indexes", built++, indexes.size());
      execute(owner, index);
    }
    progress.step("vacuum analyze");
    execute(owner, "vacuum analyze");
    execute(owner, "comment on schema shop is null");
  }

  private void writeUser(int number) throws SQLException {
    String userId = userId(number);
    Region region = Region.any(random);
    String name = region.name(random);
    // Numbers and rows are in the order of sign-up, so the last clients are the newest.
    double lifetimeDays = 30 + (1 - (number + random.nextDouble()) / users) * (HISTORY_DAYS - 30);
    // Some clients left long ago. The last order of most clients is recent.
    double silentDays = lifetimeDays * Math.pow(random.nextDouble(), 3);
    long createdAt = now - (long) ((lifetimeDays + 1) * DAY);
    rows.begin()
        .text(userId)
        .text(number % UNKNOWN_ONE_IN == 1 ? null : Region.email(name, Integer.toString(number)))
        .text(number % UNKNOWN_ONE_IN == 0 ? null : name)
        .text("{" + category(number) + "," + category(number + 5) + "}")
        .text(region.zone().getId())
        .text(region.locale())
        .text(number % 5 == 0 ? "f" : "t")
        .instant(createdAt)
        .end("shop.users");

    int count =
        number % BUYS_EVERY_DAY_ONE_IN == 0
            ? OrderHistory.MAX_ORDERS
            : Math.min(
                OrderHistory.MAX_ORDERS,
                (int) Math.round(-Math.log(1 - random.nextDouble()) * ORDERS_EACH));
    long[] placedAt = new long[count];
    for (int i = 0; i < count; i++) {
      double days = silentDays + random.nextDouble() * (lifetimeDays - silentDays);
      placedAt[i] = now - (long) (days * DAY);
    }
    Arrays.sort(placedAt);
    orders.clear();
    int next = 0;
    Score previous = null;
    for (int change = CHANGES_EACH - 1; change >= 0; change--) {
      long asOf = now - (long) change * DAYS_PER_CHANGE * DAY - random.nextInt((int) DAY);
      while (next < count && placedAt[next] <= asOf) {
        writeOrder(userId, placedAt[next++]);
      }
      Score score = scorer.score(orders, asOf, Score.NEVER);
      writeHistory(userId, score, previous);
      previous = score;
    }
    while (next < count) {
      writeOrder(userId, placedAt[next++]);
    }
    Score score = scorer.score(orders, now, Score.NEVER);
    writeScore(userId, score, createdAt);
    if (score.atRisk()) {
      writeEpisode(userId, number, score);
    }
  }

  private void writeOrder(String userId, long placedAt) throws SQLException {
    long cents = Math.round(100 * Math.max(2, OrderingPattern.logNormal(45, 0.8, random)));
    boolean cancelled = random.nextInt(50) == 0;
    boolean refunded = !cancelled && random.nextInt(40) == 0;
    String amount = BigDecimal.valueOf(cents, 2).toPlainString();
    rows.begin()
        .text("order-" + orderNumber++)
        .text(userId)
        .instant(placedAt)
        .text(amount)
        .text(refunded ? amount : "0")
        .text(cancelled ? "CANCELLED" : "PLACED")
        .text(category((int) (orderNumber % 1_000)))
        .end("shop.orders");
    orders.add(placedAt, cancelled || refunded ? 0 : cents, EURO);
  }

  private void writeScore(String userId, Score score, long createdAt) throws SQLException {
    rows.begin()
        .text(userId)
        .text(score.scoreDecimal())
        .text(score.band())
        .text(score.segment())
        .points(score)
        .text(score.orderProbability())
        .text(score.valueAtStakeDecimal())
        .text(score.orderCount())
        .text(score.averageOrderValue())
        .instant(score.lastOrderAt())
        .text(score.usualGap() == 0 ? null : score.usualGap())
        .text(score.atRisk() ? "t" : "f")
        .instant(score.atRiskSince())
        .instant(score.nextChange())
        .instant(score.asOf())
        .text(1)
        .text(POLICY)
        // An argument, since the shop's row is not committed yet.
        .instant(createdAt)
        .end("engagement.user_scores");
  }

  private void writeHistory(String userId, Score score, Score previous) throws SQLException {
    rows.begin()
        .text(userId)
        .instant(score.asOf())
        .text(1)
        .text(score.scoreDecimal())
        .text(score.band())
        .text(score.segment())
        .text(score.atRisk() ? "t" : "f")
        .points(score)
        .text(previous == null ? null : previous.scoreDecimal())
        .text(previous == null ? null : previous.band())
        .text(previous == null ? null : previous.atRisk() ? "t" : "f")
        .text(previous == null ? "USER_CREATED" : "TIME")
        .text(POLICY)
        .end("engagement.score_history");
  }

  private void writeEpisode(String userId, int number, Score score) throws SQLException {
    String id = "episode-" + number;
    long decidedAt = Math.min(now, score.atRiskSince() + DAY);
    rows.begin()
        .text(id)
        .text(userId)
        .instant(score.atRiskSince())
        .instant(score.atRiskSince())
        .text(null)
        .text(null)
        .text(score.scoreDecimal())
        .text(POLICY)
        .instant(score.atRiskSince())
        .text(1)
        .end("engagement.risk_episodes");
    String decision =
        number % SKIPPED_ONE_IN == 0 ? "SKIP" : number % HELD_OUT_ONE_IN == 0 ? "HOLDOUT" : "EMAIL";
    boolean skipped = decision.equals("SKIP");
    String arm = decision.equals("EMAIL") ? "friendly" : skipped ? null : "HOLDOUT";
    rows.begin()
        .text(id)
        .text(id)
        .text(userId)
        .text(decision)
        .text(skipped ? number % 2 == 0 ? "NO_CONSENT" : "OVER_DAILY_CAP" : "AT_RISK")
        .instant(decidedAt)
        .text(skipped ? null : "default")
        .text(arm)
        .text(score.scoreDecimal())
        .text(POLICY)
        .text("{\"segment\": \"" + score.segment() + "\"}")
        .end("engagement.outreach_decisions");
    if (decision.equals("EMAIL")) {
      String subject = "We have missed you, number " + number;
      rows.begin()
          .text(id)
          .text(id)
          .text(id)
          .text(userId)
          .text(subject)
          .text("<p>" + subject + ". There is much that is new in " + category(number) + ".</p>")
          .text(subject + ". There is much that is new in " + category(number) + ".")
          .text("SENT")
          .text(number % 4 == 0 ? "TEMPLATE" : "LLM")
          .text("default")
          .text(arm)
          .text(score.scoreDecimal())
          .instant(decidedAt)
          .instant(Math.min(now, decidedAt + DAY / 24))
          .end("engagement.emails");
    }
  }

  private static String category(int number) {
    return DemoShop.CATEGORIES.get(Math.floorMod(number, DemoShop.CATEGORIES.size()));
  }

  private void ensureHistory(DataSource owner) throws SQLException {
    long first = now - (CHANGES_EACH + 1L) * DAYS_PER_CHANGE * DAY;
    execute(
        owner,
        "select engagement.ensure_score_history('%s', '%s')"
            .formatted(Instant.ofEpochMilli(first), Instant.ofEpochMilli(now)));
  }

  /** Drops the indexes that no constraint needs, since one build of each costs far less. */
  private static List<String> dropIndexes(DataSource owner) throws SQLException {
    List<String> names = new ArrayList<>();
    List<String> definitions = new ArrayList<>();
    try (Connection connection = owner.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
                from pg_index i join pg_class c on c.oid = i.indexrelid
                where c.relnamespace in ('shop'::regnamespace, 'engagement'::regnamespace)
                  and not c.relispartition
                  and not exists (select from pg_constraint where conindid = i.indexrelid)
                """)) {
      while (row.next()) {
        names.add(row.getString("name"));
        // The definition of a partitioned index covers the top only.
        definitions.add(row.getString("definition").replace(" ON ONLY ", " ON "));
      }
    }
    for (String name : names) {
      execute(owner, "drop index " + name);
    }
    return definitions;
  }

  private static void execute(DataSource owner, String sql) throws SQLException {
    try (Connection connection = owner.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
