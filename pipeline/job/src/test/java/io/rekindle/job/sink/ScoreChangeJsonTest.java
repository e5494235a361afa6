package io.rekindle.job.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.job.EventContract;
import io.rekindle.job.engagement.Cause;
import io.rekindle.job.engagement.ScoreUpdate;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.orders.OrderHistory;
import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.ScoringPolicy;
import io.rekindle.scoring.policy.Segment;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class ScoreChangeJsonTest {

  private static final long NOON = Instant.parse("2026-03-31T12:00:00Z").toEpochMilli();

  private static final ScoreUpdate GONE =
      new ScoreUpdate(
          "anna",
          NOON,
          4,
          null,
          null,
          false,
          Score.NEVER,
          null,
          null,
          Cause.USER_REMOVED,
          null,
          true,
          null);

  @Test
  void shouldTellWhatTheScoreIsAndWas() {
    ScoreUpdate update = update(prospect());
    ProducerRecord<byte[], byte[]> message =
        ScoreChangeJson.record("rekindle.score-changes", update);
    assertThat(message.topic()).isEqualTo("rekindle.score-changes");
    assertThat(message.key()).asString(UTF_8).isEqualTo("anna");
    assertThat(message.timestamp()).isEqualTo(NOON);
    assertThat(message.value())
        .asString(UTF_8)
        .isEqualTo(
            "{\"user_id\":\"anna\",\"as_of\":\"2026-03-31T12:00:00Z\",\"revision\":3,"
                + "\"score\":null,\"band\":\"PROSPECT\",\"segment\":\"PROSPECT\","
                + "\"at_risk\":false,\"recency_points\":null,\"rhythm_points\":null,"
                + "\"frequency_points\":null,\"value_points\":null,\"contact_points\":null,\"loyalty_points\":null,"
                + "\"order_probability\":null,\"value_at_stake\":null,"
                + "\"overridden\":false,\"previous_score\":62.2500,"
                + "\"previous_band\":\"COOLING\",\"previous_at_risk\":false,"
                + "\"cause\":\"ORDER_REMOVED\",\"cause_id\":\"o\\\"1\","
                + "\"policy_version\":\"cadence-v1\"}");
  }

  @Test
  void shouldWriteWhatIsPublishedAsItsContract() throws IOException {
    EventContract contract = new EventContract("score-change");
    assertThat(new ObjectMapper().readTree(ScoreChangeJson.json(update(prospect()))))
        .isEqualTo(contract.example("last-order-removed"));
    assertThat(new ObjectMapper().readTree(ScoreChangeJson.json(GONE)))
        .isEqualTo(contract.example("user-removed"));

    Scorer scorer = new Scorer(ScoringPolicy.builtIn("cadence-v1"));
    Set<String> written = new HashSet<>();
    for (Cause cause : Cause.values()) {
      for (int days = 0; days <= 400; days += 40) {
        Score score =
            scorer.score(new OneOrder(NOON), NOON + Duration.ofDays(days).toMillis(), Score.NEVER);
        byte[] json = ScoreChangeJson.json(update(score, cause));
        assertThat(contract.errors(json)).as(new String(json, UTF_8)).isEmpty();
        written.addAll(EventContract.fields(json));
      }
    }
    byte[] gone = ScoreChangeJson.json(GONE);
    assertThat(contract.errors(gone)).isEmpty();
    written.addAll(EventContract.fields(gone));

    assertThat(contract.properties()).isEqualTo(written);
    assertThat(contract.openEnum("cause"))
        .containsExactlyElementsOf(Arrays.stream(Cause.values()).map(Enum::name).toList());
    assertThat(contract.openEnum("segment"))
        .containsExactlyElementsOf(Arrays.stream(Segment.values()).map(Enum::name).toList());
  }

  @Test
  void shouldTellThatAUserIsGone() {
    assertThat(ScoreChangeJson.json(GONE))
        .asString(UTF_8)
        .isEqualTo(
            "{\"user_id\":\"anna\",\"as_of\":\"2026-03-31T12:00:00Z\",\"revision\":4,"
                + "\"removed\":true}");
  }

  private static Score prospect() {
    return new Scorer(ScoringPolicy.builtIn("cadence-v1"))
        .score(OrderHistory.EMPTY, NOON, Score.NEVER);
  }

  private static ScoreUpdate update(Score score) {
    return update(score, Cause.ORDER_REMOVED);
  }

  private static ScoreUpdate update(Score score, Cause cause) {
    return new ScoreUpdate(
        "anna",
        NOON,
        3,
        score,
        score,
        false,
        Score.NEVER,
        "cadence-v1",
        new PublishedScore(true, 62.25, Band.COOLING, false, false),
        cause,
        "o\"1",
        true,
        null);
  }

  private record OneOrder(long placed) implements OrderHistory {

    @Override
    public int size() {
      return 1;
    }

    @Override
    public long placedAt(int i) {
      return placed;
    }

    @Override
    public long netMinor(int i) {
      return 5_990;
    }

    @Override
    public int currency(int i) {
      return CurrencyCodes.pack("EUR");
    }
  }
}
