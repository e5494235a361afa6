package io.rekindle.job;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.Change;
import io.rekindle.connectors.events.Contacted;
import io.rekindle.connectors.events.OrderChanged;
import io.rekindle.connectors.events.OrderChanged.Kind;
import io.rekindle.connectors.events.OrderRemoved;
import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.OverrideChanged;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.events.SuppressionChanged;
import io.rekindle.connectors.events.SuppressionRemoved;
import io.rekindle.connectors.events.UserChanged;
import io.rekindle.connectors.events.UserRemoved;
import io.rekindle.connectors.flink.EventTypeInfo;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;

/**
 * A small shop's past in two phases, with at least one change of every kind; the savepoint between
 * them is kept for every release. The first phase must therefore never change.
 */
public final class ShopScenario {

  private static final long DAY = 86_400_000;
  private static final long BEGIN = Instant.parse("2026-01-05T09:00:00Z").toEpochMilli();
  private static final int USERS = 30;

  /** Everything of the first phase was committed by then. */
  public static final long FIRST_PHASE_END = BEGIN + 60 * DAY;

  /** Everything was committed by then. */
  public static final long SECOND_PHASE_END = BEGIN + 120 * DAY;

  /** The two phases. */
  public enum Phase {
    FIRST,
    SECOND
  }

  private ShopScenario() {}

  /** The changes of a phase, in the order of commits. */
  public static List<Change> changes(Phase phase) {
    List<Change> changes = new ArrayList<>();
    if (phase == Phase.FIRST) {
      addFirstPhase(changes);
    } else {
      addSecondPhase(changes);
    }
    return changes;
  }

  private static void addFirstPhase(List<Change> changes) {
    for (int i = 0; i < USERS; i++) {
      changes.add(user(i, BEGIN + i, changes.size(), true));
    }
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < USERS; i++) {
        long at = BEGIN + DAY + round * (7L + i) * DAY / 2 + i;
        changes.add(order(i, at, "o" + round + "-" + i, 2_000L + 700L * i, Kind.PLACED, changes));
      }
    }
    long at = BEGIN + 58 * DAY;
    changes.add(order(0, at, "o0-0", 100, Kind.REFUNDED, changes));
    changes.add(order(1, at + 1, "o0-1", 0, Kind.CANCELLED, changes));
    changes.add(new OrderRemoved("user2", at + 2, version(changes.size()), false, "o0-2", false));
    changes.add(new OrderRemoved("user3", at + 3, version(changes.size()), false, "o0-3", true));
    changes.add(order(4, at + 3, "o0-3", 4_100, Kind.MOVED_IN, changes));
    changes.add(new UserRemoved("user5", at + 4, version(changes.size()), false));
    changes.add(new Contacted("user6", at + 5, version(changes.size()), false, "e1", at));
    changes.add(
        new OverrideChanged(
            "user7", at + 6, version(changes.size()), false, 12, at, at + 20 * DAY));
    changes.add(
        new SuppressionChanged(
            "user8", at + 7, version(changes.size()), false, null, "UNSUBSCRIBED"));
    changes.add(
        new SuppressionChanged(
            "user9", at + 8, version(changes.size()), false, "user9@example.com", "BOUNCED"));
    changes.add(new SuppressionRemoved("user9", at + 9, version(changes.size()), false));
    changes.sort((one, other) -> Long.compare(one.commitTime(), other.commitTime()));
  }

  private static void addSecondPhase(List<Change> changes) {
    for (int i = 0; i < USERS; i += 3) {
      long at = FIRST_PHASE_END + (1 + i) * DAY;
      changes.add(order(i, at, "later-" + i, 9_900, Kind.PLACED, 1_000 + changes.size()));
      // An old version of the same row, sent again, and one that the first phase deleted.
      changes.add(order(2, at + 1, "o0-2", 3_400, Kind.PLACED, 40));
    }
    changes.add(user(5, FIRST_PHASE_END + 50 * DAY, 2_000, false));
  }

  private static Change user(int number, long at, int place, boolean snapshot) {
    return new UserChanged(
        "user" + number,
        at,
        snapshot ? new RowVersion(1_000_000, 0) : version(place),
        snapshot,
        "user" + number + "@example.com",
        "User " + number,
        List.of("books", "garden"),
        "Europe/Vienna",
        "de",
        number % 2 == 0,
        BEGIN - number * DAY);
  }

  private static Change order(
      int user, long at, String id, long netMinor, Kind kind, List<Change> before) {
    return order(user, at, id, netMinor, kind, before.size());
  }

  private static Change order(int user, long at, String id, long netMinor, Kind kind, int place) {
    return new OrderChanged(
        "user" + user, at, version(place), false, id, at - 1_000, netMinor, "EUR", kind);
  }

  private static RowVersion version(int place) {
    return new RowVersion(2_000_000 + 100L * place, 2_000_050 + 100L * place);
  }

  /**
   * Another policy comes into force in the first phase and goes again in the second, and outreach
   * pauses between.
   */
  public static List<RuleChange> ruleChanges(Phase phase) {
    boolean first = phase == Phase.FIRST;
    List<RuleChange> ruleChanges = new ArrayList<>();
    if (first) {
      ruleChanges.add(
          new OutreachChanged(BEGIN, new RowVersion(1_000_000, 0), true, OutreachRules.DEFAULTS));
    }
    ruleChanges.add(
        new OutreachChanged(
            first ? BEGIN + 40 * DAY : FIRST_PHASE_END + 10 * DAY,
            version(first ? 501 : 3_001),
            false,
            first
                ? new OutreachRules(
                    false,
                    30,
                    14,
                    5,
                    CapOrder.FIRST_DECIDED,
                    "autumn",
                    100_000,
                    OutreachRules.DEFAULTS.variants(),
                    0,
                    "rekindle")
                : OutreachRules.DEFAULTS));
    ruleChanges.add(
        new PolicyChanged(
            "document-v1",
            first ? BEGIN + 30 * DAY : FIRST_PHASE_END + 30 * DAY,
            version(first ? 500 : 3_000),
            false,
            ScoringPolicy.builtIn("document-v1").json(),
            first));
    return ruleChanges;
  }

  public static long end(Phase phase) {
    return phase == Phase.FIRST ? FIRST_PHASE_END : SECOND_PHASE_END;
  }

  /** The changes as a source, which goes on ticking when all events are emitted. */
  public static EngagementGraph.Sources sources(Phase phase) {
    return new EngagementGraph.Sources(
        new ScenarioGenerator<>(phase, true, EventTypeInfo.ofCdcRecord(Change.class)).source(),
        new ScenarioGenerator<>(phase, false, EventTypeInfo.ofCdcRecord(RuleChange.class)).source(),
        1);
  }

  private static final class ScenarioGenerator<T> implements GeneratorFunction<Long, CdcRecord<T>> {

    private static final long serialVersionUID = 1L;
    private static final double PER_SECOND = 2_000;

    private final Phase phase;
    private final boolean ofChanges;
    private final TypeInformation<CdcRecord<T>> type;
    private transient List<?> events;
    private transient int next;

    ScenarioGenerator(Phase phase, boolean ofChanges, TypeInformation<CdcRecord<T>> type) {
      this.phase = phase;
      this.ofChanges = ofChanges;
      this.type = type;
    }

    Source<CdcRecord<T>, ?, ?> source() {
      return new DataGeneratorSource<>(
          this, Long.MAX_VALUE, RateLimiterStrategy.perSecond(PER_SECOND), type);
    }

    @Override
    @SuppressWarnings("unchecked") // changes or rule changes, as the type given with them says
    public CdcRecord<T> map(Long index) {
      if (events == null) {
        events = ofChanges ? changes(phase) : ruleChanges(phase);
      }
      if (next == events.size()) {
        // Enough beyond the end for the skew that watermarks allow for.
        return CdcRecord.progress(end(phase) + 1_000);
      }
      Object change = events.get(next++);
      if (change instanceof Change row) {
        return CdcRecord.change(
            (T) row, row.snapshot() ? CdcRecord.COMPLETENESS_UNKNOWN : row.commitTime());
      }
      RuleChange ruleChange = (RuleChange) change;
      return CdcRecord.change((T) ruleChange, ruleChange.commitTime());
    }
  }
}
