package io.rekindle.bench.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoadPlanTest {

  private final long seed = new Random().nextLong();

  @Test
  void shouldGiveTheSameTransactionsForTheSameSeed() {
    assertThat(statements(seed)).as("seed %d", seed).isEqualTo(statements(seed));
  }

  @Test
  void shouldGiveOtherTransactionsForAnotherSeed() {
    assertThat(statements(seed)).as("seed %d", seed).isNotEqualTo(statements(seed + 1));
  }

  @Test
  void shouldDoEverythingThatAShopAndItsAnalystsDo() {
    String all = String.join("\n", statements(seed));
    assertThat(all)
        .as("seed %d", seed)
        .contains(
            "insert into shop.orders",
            "set refunded_amount",
            "set status = 'CANCELLED'",
            "delete from shop.orders",
            "update shop.orders set user_id",
            "insert into shop.users",
            "delete from shop.users",
            "insert into engagement.score_overrides",
            "delete from engagement.score_overrides",
            "insert into engagement.suppressions",
            "update engagement.outreach_settings",
            "activate_policy('torture')",
            "'torture-bad'");
  }

  /** A commit without an answer is repeated, so every insert has to bear a row that exists. */
  @Test
  void shouldBearARepetition() {
    assertThat(statements(seed))
        .as("seed %d", seed)
        .filteredOn(sql -> sql.startsWith("insert"))
        .allSatisfy(sql -> assertThat(sql).contains("on conflict"));
  }

  private static List<String> statements(long seed) {
    LoadPlan plan = new LoadPlan(seed);
    return Stream.generate(plan::next).limit(5_000).flatMap(List::stream).toList();
  }
}
