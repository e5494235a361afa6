package io.rekindle.job.rules;

import static io.rekindle.job.ChangeFactory.DAY;
import static io.rekindle.job.ChangeFactory.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.events.OutreachChanged;
import io.rekindle.connectors.events.OutreachRules;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.job.ChangeFactory;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RuleTimelinesTest {

  private static final int HISTORIES = 500;
  private static final int CHANGES = 60;
  private static final List<String> ROWS = List.of("a", "b", "c");
  private static final List<String> DOCUMENTS =
      List.of(
          ScoringPolicy.builtIn("document-v1").json(),
          ScoringPolicy.builtIn("cadence-v1").json(),
          "{}",
          "no policy");

  private static final List<String> MODEL_ROWS = List.of("m", "n");
  private static final List<String> MODELS = List.of(money("1.00"), money("2.00"), "{}");

  private static String money(String meanOrder) {
    return "{\"version\":\"m\",\"money\":{\"p\":1,\"q\":2,\"gamma\":1,\"meanOrderValue\":\"%s\"}}"
        .formatted(meanOrder);
  }

  private final ChangeFactory shop = new ChangeFactory();

  @Test
  void shouldGiveTheSameRulesFromTheMergeOnAsWithAllChanges() {
    long first = new Random().nextLong();
    for (int i = 0; i < HISTORIES; i++) {
      long seed = first + i;
      Random random = new Random(seed);
      RuleTimelines all = new RuleTimelines();
      RuleTimelines merged = new RuleTimelines();
      long at = START;
      List<DatedRuleChange> arrived = new ArrayList<>();
      long mergedUntil = PolicyTimeline.ALWAYS;
      for (int n = 0; n < CHANGES; n++) {
        at += random.nextInt(3) * DAY;
        boolean repeats = !arrived.isEmpty() && random.nextInt(5) == 0;
        DatedRuleChange change =
            repeats
                ? new DatedRuleChange(at, arrived.get(random.nextInt(arrived.size())).change())
                : someChange(random, at);
        arrived.add(change);
        assertThat(merged.add(change)).as("seed %d", seed).isEqualTo(all.add(change));
        if (random.nextInt(4) == 0) {
          mergedUntil = Math.max(mergedUntil, at - random.nextInt(5) * DAY);
          merged.mergeBelow(mergedUntil);
          // A restore begins with the kept changes.
          RuleTimelines restored = new RuleTimelines();
          merged.changes().forEach(kept -> assertThat(restored.add(kept)).isTrue());
          restored.mergeBelow(mergedUntil);
          merged = restored;
        }
        long from = Math.max(mergedUntil, START);
        for (long instant = from; instant <= at + DAY; instant += DAY) {
          assertSame(merged, all, instant, seed);
        }
      }
    }
  }

  private DatedRuleChange someChange(Random random, long at) {
    if (random.nextInt(4) == 0) {
      OutreachRules rules = random.nextBoolean() ? OutreachRules.DEFAULTS : OutreachRules.NONE;
      return new DatedRuleChange(at, new OutreachChanged(at, shop.next(), false, rules));
    }
    if (random.nextInt(3) == 0) {
      String model = MODELS.get(random.nextInt(MODELS.size()));
      String policy = random.nextInt(4) == 0 ? "cadence-v1" : ROWS.get(random.nextInt(3));
      String row = MODEL_ROWS.get(random.nextInt(MODEL_ROWS.size()));
      return new DatedRuleChange(
          at,
          random.nextInt(8) == 0
              ? shop.model(row, null, at, null, false)
              : shop.model(row, policy, at, model, random.nextInt(3) > 0));
    }
    String document = DOCUMENTS.get(random.nextInt(DOCUMENTS.size()));
    boolean removed = random.nextInt(8) == 0;
    PolicyChanged change =
        shop.policy(
            ROWS.get(random.nextInt(ROWS.size())),
            at,
            removed ? null : document,
            !removed && random.nextBoolean());
    return new DatedRuleChange(at, change);
  }

  /** What is in force at an instant. */
  private record InForce(
      String policyVersion,
      String hash,
      String modelVersion,
      String model,
      long nextSwitch,
      OutreachRules outreach) {

    static InForce at(long instant, RuleTimelines rules) {
      PolicyInForce policy = rules.policies().inForceAt(instant);
      return new InForce(
          policy.policyVersion(),
          policy.hash(),
          policy.modelVersion(),
          policy.model(),
          rules.policies().nextSwitch(instant),
          rules.outreach().at(instant));
    }
  }

  private static void assertSame(RuleTimelines merged, RuleTimelines all, long at, long seed) {
    assertThat(InForce.at(at, merged)).as("seed %d at %d", seed, at).isEqualTo(InForce.at(at, all));
  }

  @Test
  void shouldKeepFewChangesOfYears() {
    RuleTimelines rules = new RuleTimelines();
    for (int i = 0; i < 5_000; i++) {
      long at = START + i * DAY;
      rules.add(
          new DatedRuleChange(
              at, shop.policy(ROWS.get(i % 3), at, DOCUMENTS.get(i % 2), i % 5 != 0)));
      rules.add(
          new DatedRuleChange(
              at, new OutreachChanged(at, shop.next(), false, OutreachRules.DEFAULTS)));
      rules.add(
          new DatedRuleChange(
              at, shop.model(MODEL_ROWS.get(i % 2), "a", at, MODELS.get(i % 2), i % 3 != 0)));
      rules.mergeBelow(at - DAY);
      assertThat(rules.changes()).hasSizeLessThan(25);
    }
  }
}
