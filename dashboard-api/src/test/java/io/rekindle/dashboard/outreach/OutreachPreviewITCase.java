package io.rekindle.dashboard.outreach;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.connectors.events.CapOrder;
import io.rekindle.dashboard.ContactCaseRows;
import io.rekindle.dashboard.TestDatabase;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.statistics.ReasonCount;
import io.rekindle.scoring.contact.ContactCase;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contact cases through the query of the preview. */
class OutreachPreviewITCase {

  private static TestDatabase database;

  @BeforeAll
  static void start() throws Exception {
    database = new TestDatabase();
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @ParameterizedTest
  @MethodSource("io.rekindle.scoring.contact.ContactCase#inForceAtDecision")
  void shouldAgreeWithTheContactCase(ContactCase example) throws Exception {
    database.clear();
    ContactCaseRows.store(database, example);
    OutreachSettings rules = rules(example);

    OutreachPreview preview;
    // Clearing the database ends the connections of an earlier pool.
    try (DashboardDatabase pool = new DashboardDatabase(database.url(), "rekindle_api", "")) {
      preview = pool.jdbi().inTransaction(handle -> OutreachPreview.of(handle, rules, rules));
    }

    assertThat(preview.atRisk()).isEqualTo(1);
    assertThat(preview.before().email()).isEqualTo(example.obstacle() == null ? 1 : 0);
    assertThat(preview.before().skips())
        .isEqualTo(
            example.obstacle() == null
                ? List.of()
                : List.of(new ReasonCount(example.obstacle(), 1)));
  }

  private static OutreachSettings rules(ContactCase example) throws Exception {
    JsonNode variants = Json.MAPPER.readTree("[{\"name\": \"friendly\", \"weight\": 1}]");
    return new OutreachSettings(
        true,
        example.cooldownDays(),
        example.staleDays(),
        100,
        CapOrder.FIRST_DECIDED,
        "21:00",
        "08:00",
        false,
        "default",
        BigDecimal.ZERO,
        example.controlShare(),
        variants,
        null,
        null);
  }
}
