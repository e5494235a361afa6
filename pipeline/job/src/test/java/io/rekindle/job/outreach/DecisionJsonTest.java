package io.rekindle.job.outreach;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.connectors.events.CapOrder;
import io.rekindle.connectors.events.OutreachVariant;
import io.rekindle.email.EmailFacts;
import io.rekindle.job.EventContract;
import io.rekindle.scoring.contact.EpisodeId;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionJsonTest {

  private static final long NOON = Instant.parse("2026-03-31T12:00:00Z").toEpochMilli();
  private static final long AN_HOUR_EARLIER = NOON - 3_600_000;

  private final EventContract contract = new EventContract("email-request");

  @Test
  void shouldWriteWhatIsPublishedAsItsContract() throws IOException {
    byte[] json =
        DecisionJson.write(
            decision(
                new BigDecimal("41.5"),
                "warm and friendly",
                new EmailFacts(
                    "anna",
                    "Anna",
                    Instant.parse("2026-01-02T03:04:05Z"),
                    7,
                    new BigDecimal("59.90"),
                    List.of("books"),
                    "de",
                    "Europe/Berlin")));

    assertThat(contract.errors(json)).isEmpty();
    assertThat(EventContract.fields(json)).isEqualTo(contract.properties());
    assertThat(new ObjectMapper().readTree(json)).isEqualTo(contract.example("at-risk"));
    assertThat(DecisionJson.write(DecisionJson.read(json))).isEqualTo(json);
  }

  @Test
  void shouldLeaveOutWhatIsUnknown() throws IOException {
    byte[] json =
        DecisionJson.write(
            decision(
                null, null, new EmailFacts("anna", null, null, 0, null, List.of(), null, null)));

    assertThat(contract.errors(json)).isEmpty();
    assertThat(json).asString(UTF_8).doesNotContain("null");
  }

  private static Decision decision(BigDecimal score, String tone, EmailFacts facts) {
    return new Decision(
        EpisodeId.of("anna", AN_HOUR_EARLIER),
        "anna",
        Decision.Kind.EMAIL,
        Decision.Reason.AT_RISK,
        NOON,
        AN_HOUR_EARLIER,
        "default",
        "friendly",
        new OutreachVariant("friendly", 1_000_000, "winback-v1", tone, null),
        score,
        "cadence-v1",
        "{\"consent\":true}",
        1_000,
        CapOrder.VALUE_AT_STAKE,
        new BigDecimal("48.20"),
        facts);
  }
}
