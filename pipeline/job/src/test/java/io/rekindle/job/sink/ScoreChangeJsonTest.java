package io.rekindle.job.sink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.job.engagement.Cause;
import io.rekindle.job.engagement.Judgement;
import io.rekindle.job.engagement.Shown;
import io.rekindle.scoring.Band;
import io.rekindle.scoring.OrderHistory;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.Scorer;
import io.rekindle.scoring.ScoringPolicy;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class ScoreChangeJsonTest {

  private static final long NOON = Instant.parse("2026-03-31T12:00:00Z").toEpochMilli();

  @Test
  void shouldTellWhatTheScoreIsAndWas() {
    Score score =
        new Scorer(ScoringPolicy.builtIn("cadence-v1"))
            .score(OrderHistory.EMPTY, NOON, Score.NEVER);
    Judgement judgement =
        new Judgement(
            "anna",
            NOON,
            3,
            score,
            score,
            false,
            Score.NEVER,
            "cadence-v1",
            new Shown(true, 62.25, Band.COOLING, false, false),
            Cause.ORDER_REMOVED,
            "o\"1",
            true,
            null);

    ProducerRecord<byte[], byte[]> message =
        new ScoreChangeJson("rekindle.score-changes").serialize(judgement, null, NOON);
    assertThat(message.topic()).isEqualTo("rekindle.score-changes");
    assertThat(message.key()).asString(UTF_8).isEqualTo("anna");
    assertThat(message.timestamp()).isEqualTo(NOON);
    assertThat(message.value())
        .asString(UTF_8)
        .isEqualTo(
            "{\"user_id\":\"anna\",\"as_of\":\"2026-03-31T12:00:00Z\",\"revision\":3,"
                + "\"score\":null,\"band\":\"PROSPECT\",\"segment\":\"PROSPECT\","
                + "\"at_risk\":false,\"recency_points\":null,\"rhythm_points\":null,"
                + "\"frequency_points\":null,\"value_points\":null,\"contact_points\":null,"
                + "\"overridden\":false,\"previous_score\":62.2500,"
                + "\"previous_band\":\"COOLING\",\"previous_at_risk\":false,"
                + "\"cause\":\"ORDER_REMOVED\",\"cause_id\":\"o\\\"1\","
                + "\"policy_version\":\"cadence-v1\"}");
  }

  @Test
  void shouldTellThatAUserIsGone() {
    Judgement gone =
        new Judgement(
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
    assertThat(ScoreChangeJson.json(gone))
        .asString(UTF_8)
        .isEqualTo(
            "{\"user_id\":\"anna\",\"as_of\":\"2026-03-31T12:00:00Z\",\"revision\":4,"
                + "\"removed\":true}");
  }
}
