package io.rekindle.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderChanged.Kind;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.flink.EventTypeInfo;
import io.rekindle.job.engagement.ScoreUpdate;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.sink.DatabaseSettings;
import io.rekindle.job.sink.DatabaseSink;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.factor.Factor;
import io.rekindle.scoring.past.PastOrders;
import io.rekindle.scoring.past.PastScore;
import io.rekindle.scoring.past.Reconstruction;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rows that the real job writes to {@code score_history}, when each order is committed at its
 * own date, are those that the reconstruction computes: for clients of Online Retail, and for
 * made-up ones with cancellations and refunds.
 */
class ReconstructionITCase {

  private static final Path ONLINE_RETAIL =
      Path.of("../prediction/src/test/resources/examples/fitted/online-retail-orders.csv.gz");

  /** One of this many clients of Online Retail takes part. */
  private static final int RETAIL_ONE_IN = 25;

  private static final int MADE_UP_USERS = 60;
  private static final long SEED = 20_260_301;
  private static final long DAY = 86_400_000;
  private static final long BEGIN = Instant.parse("2010-11-30T00:00:00Z").toEpochMilli();
  private static final long END = Instant.parse("2012-03-01T00:00:00Z").toEpochMilli();
  private static final Duration SKEW = Duration.ofMillis(100);

  /** An order as it stands in the end; 0 where nothing happened later. */
  private record Order(
      String id,
      String userId,
      long placedAt,
      long amount,
      long refunded,
      String currency,
      long cancelledAt,
      long refundedAt) {}

  @Test
  void theJobWritesWhatTheReconstructionComputes(@TempDir Path directory) throws Exception {
    Map<String, List<Order>> shop = shop();
    List<String> expected = new ArrayList<>();
    Reconstruction reconstruction = new Reconstruction(ScoringPolicy.byDefault());
    shop.forEach(
        (user, orders) ->
            reconstruction.run(
                pastOrders(orders),
                BEGIN,
                BEGIN,
                END,
                row -> {
                  if (isInHistory(row)) {
                    expected.add(text(user, row));
                  }
                }));

    try (JobDatabase database = new JobDatabase();
        LocalCluster cluster = new LocalCluster()) {
      // A job that starts from nothing removes the scores of users whom the shop does not have.
      database.execute(
          "insert into shop.users (user_id) select unnest('{%s}'::text[])"
              .formatted(String.join(",", shop.keySet())));
      JobID job = cluster.submit(job(database, directory));
      String complete =
          "select scored_until >= to_timestamp(" + END / 1_000 + ") from engagement.scored_until";
      cluster.await(job, () -> database.rows(complete).contains("t"));
      cluster.cancel(job);

      assertThat(database.rows(history())).hasSizeGreaterThan(2_000).isEqualTo(expected);
    }
  }

  /** The observed history has no row for a change of the segment alone. */
  private static boolean isInHistory(PastScore row) {
    PastScore.Previous previous = row.previous();
    return previous == null
        || previous.scored() != row.scored()
        || previous.score() != row.score()
        || previous.band() != row.band()
        || previous.atRisk() != row.atRisk();
  }

  private static String history() {
    return """
        select user_id, floor(extract(epoch from as_of) * 1000)::bigint, trim_scale(score), band,
               segment, at_risk, %s, trim_scale(previous_score), previous_band, previous_at_risk,
               cause, cause_id, policy_version
        from engagement.score_history
        where as_of < to_timestamp(%d)
        order by user_id collate "C", as_of, revision
        """
        .formatted(
            Stream.of(Factor.values())
                .map(factor -> "trim_scale(" + factor.column() + ")")
                .collect(Collectors.joining(", ")),
            END / 1_000);
  }

  private static String text(String userId, PastScore row) {
    PastScore.Previous previous = row.previous();
    List<Object> columns = new ArrayList<>();
    columns.add(userId);
    columns.add(row.asOf());
    columns.add(number(row.scoreDecimal()));
    columns.add(row.band());
    columns.add(row.segment());
    columns.add(row.atRisk() ? "t" : "f");
    for (Factor factor : Factor.values()) {
      columns.add(number(row.pointsDecimal(factor)));
    }
    columns.add(previous == null ? "" : number(previous.scoreDecimal()));
    columns.add(previous == null ? "" : previous.band());
    columns.add(previous == null ? "" : previous.atRisk() ? "t" : "f");
    columns.add(row.cause());
    columns.add(row.causeId() == null ? "" : row.causeId());
    columns.add(ScoringPolicy.byDefault().version());
    return columns.stream().map(String::valueOf).collect(Collectors.joining("|"));
  }

  private static String number(BigDecimal number) {
    if (number == null) {
      return "";
    }
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  private static PastOrders pastOrders(List<Order> orders) {
    PastOrders past = new PastOrders();
    for (Order order : orders) {
      past.add(
          order.id(),
          order.placedAt(),
          order.amount(),
          order.refunded(),
          CurrencyCodes.pack(order.currency()),
          order.cancelledAt() != 0,
          order.cancelledAt() == 0 ? PastOrders.NEVER : order.cancelledAt(),
          order.refundedAt() == 0 ? PastOrders.NEVER : order.refundedAt());
    }
    return past;
  }

  /** The orders of each user, ascending. */
  private static Map<String, List<Order>> shop() throws IOException {
    Map<String, List<Order>> shop = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(ONLINE_RETAIL)),
                StandardCharsets.UTF_8))) {
      lines.lines().skip(1).map(line -> line.split(",", -1)).forEach(row -> addRetail(row, shop));
    }
    Random random = new Random(SEED);
    for (int user = 0; user < MADE_UP_USERS; user++) {
      addMadeUp("made-up-" + user, random, shop);
    }
    shop.values()
        .forEach(
            orders ->
                orders.sort(Comparator.comparingLong(Order::placedAt).thenComparing(Order::id)));
    return shop;
  }

  private static void addRetail(String[] row, Map<String, List<Order>> shop) {
    String user = row[1];
    if (Integer.parseInt(user) % RETAIL_ONE_IN == 0 && row[5].equals("PLACED")) {
      shop.computeIfAbsent(user, none -> new ArrayList<>())
          .add(
              new Order(
                  row[0],
                  user,
                  Instant.parse(row[2]).toEpochMilli(),
                  new BigDecimal(row[3]).movePointRight(2).longValueExact(),
                  0,
                  row[4],
                  0,
                  0));
    }
  }

  private static void addMadeUp(String user, Random random, Map<String, List<Order>> shop) {
    List<Order> orders = shop.computeIfAbsent(user, none -> new ArrayList<>());
    long placedAt = BEGIN + random.nextInt(200) * DAY + random.nextInt((int) DAY);
    for (int i = 1 + random.nextInt(12); i > 0; i--) {
      placedAt += DAY / 2 + random.nextInt(60) * DAY + random.nextInt((int) DAY);
      boolean cancelled = random.nextInt(6) == 0;
      int amount = 100 + random.nextInt(20_000);
      int refunded = cancelled || random.nextInt(4) > 0 ? 0 : 1 + random.nextInt(amount);
      orders.add(
          new Order(
              "order-%s-%02d".formatted(user, i),
              user,
              placedAt,
              amount,
              refunded,
              "EUR",
              cancelled ? placedAt + 1 + random.nextInt((int) (10 * DAY)) : 0,
              refunded > 0 ? placedAt + 1 + random.nextInt((int) (20 * DAY)) : 0));
    }
  }

  /** All commits: the users at the beginning, and each change of an order at its own time. */
  private static List<Change> changes() {
    Map<String, List<Order>> shop;
    try {
      shop = shop();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    List<Change> changes = new ArrayList<>();
    for (Map.Entry<String, List<Order>> client : shop.entrySet()) {
      changes.add(ChangeFactory.user(client.getKey(), BEGIN, version(BEGIN, 0), false));
      for (Order order : client.getValue()) {
        changes.add(change(order, order.placedAt(), order.amount(), Kind.PLACED));
        if (order.refundedAt() != 0) {
          long net = order.amount() - order.refunded();
          changes.add(change(order, order.refundedAt(), net, Kind.REFUNDED));
        }
        if (order.cancelledAt() != 0) {
          changes.add(change(order, order.cancelledAt(), 0, Kind.CANCELLED));
        }
      }
    }
    changes.removeIf(change -> change.commitTime() >= END);
    changes.sort(Comparator.comparingLong(Change::commitTime));
    return changes;
  }

  private static Change change(Order order, long at, long net, Kind kind) {
    return new OrderChanged(
        order.userId(),
        at,
        version(at, 1),
        false,
        order.id(),
        order.placedAt(),
        net,
        order.currency(),
        kind);
  }

  private static RowVersion version(long at, int place) {
    return new RowVersion(8 * at, 8 * at + place);
  }

  private static StreamExecutionEnvironment job(JobDatabase database, Path directory) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            ProductionJob.configuration(
                JobSettings.read(
                    new String[] {
                      "--kafka.bootstrap-servers", "none",
                      "--database.url", database.url(),
                      "--checkpoint.directory", directory.toUri().toString(),
                      "--checkpoint.interval", "300 ms",
                      "--parallelism", "2"
                    },
                    Map.of())));
    DatabaseSettings settings =
        new DatabaseSettings(
            database.url(),
            "rekindle_pipeline",
            null,
            Duration.ofMillis(50),
            500,
            Duration.ofMinutes(1));
    CollectingSink<DeadLetter> refused = new CollectingSink<>();
    EngagementGraph.define(
        env,
        new EngagementGraph.Sources(
            new Commits<>(true, EventTypeInfo.ofCdcRecord(Change.class)).source(),
            new Commits<>(false, EventTypeInfo.ofCdcRecord(RuleChange.class)).source(),
            1),
        new EngagementGraph.Sinks(
            DatabaseSink.ofScoreUpdates(settings, Duration.ofMinutes(1), refused),
            new CollectingSink<ScoreUpdate>(),
            DatabaseSink.ofPolicyInForce(settings, refused),
            DatabaseSink.ofDecisions(settings, refused),
            new CollectingSink<Decision>(),
            new CollectingSink<DeadLetter>()),
        SKEW,
        Duration.ofDays(1),
        Duration.ofMinutes(1));
    return env;
  }

  /** Gives the commits in their order, and ticks at the end for ever. */
  private static final class Commits<T> implements GeneratorFunction<Long, CdcRecord<T>> {

    private static final long serialVersionUID = 1L;
    private static final double PER_SECOND = 20_000;

    private final boolean ofChanges;
    private final TypeInformation<CdcRecord<T>> type;
    private transient List<Change> changes;
    private transient int next;

    Commits(boolean ofChanges, TypeInformation<CdcRecord<T>> type) {
      this.ofChanges = ofChanges;
      this.type = type;
    }

    Source<CdcRecord<T>, ?, ?> source() {
      return new DataGeneratorSource<>(
          this, Long.MAX_VALUE, RateLimiterStrategy.perSecond(PER_SECOND), type);
    }

    @Override
    @SuppressWarnings("unchecked") // changes, as the type given with them says
    public CdcRecord<T> map(Long index) {
      if (changes == null) {
        changes = ofChanges ? changes() : List.of();
      }
      if (next == changes.size()) {
        // Enough beyond the end for the skew that watermarks allow for.
        return CdcRecord.progress(END + 1_000);
      }
      Change change = changes.get(next++);
      return CdcRecord.change((T) change, change.commitTime());
    }
  }
}
