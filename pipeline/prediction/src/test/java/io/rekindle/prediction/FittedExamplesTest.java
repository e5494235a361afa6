package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real shop, whose fitted policies another program has found. */
class FittedExamplesTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final double CLOSE = 1e-6;

  private static ListedShop shop;

  @BeforeAll
  static void readShop() {
    shop = ListedShop.onlineRetail();
  }

  @ParameterizedTest
  @ValueSource(strings = {"online_2011-06-01", "online_2011-09-01", "online_2011-12-10"})
  void shouldAgree(String example) throws IOException {
    JsonNode expected = expected(example);
    long asOf = expected.at("/probability/fittedAsOf").longValue();

    FittedPolicy fitted = ((FitResult.Fitted) PolicyFit.fit(shop, asOf)).policy();

    JsonNode document = JSON.readTree(fitted.document());
    for (String section :
        List.of(
            "windowDays",
            "base",
            "clamp",
            "recency",
            "rhythm",
            "frequency",
            "value",
            "loyalty",
            "contact",
            "atRisk",
            "bands")) {
      assertThat(document.get(section)).as(section).isEqualTo(expected.get(section));
    }
    assertThat(document.at("/probability/perMille"))
        .isEqualTo(expected.at("/probability/perMille"));
    for (String whole : List.of("horizonDays", "fittedAsOf", "clients", "cells")) {
      assertThat(document.get("probability").get(whole))
          .as(whole)
          .isEqualTo(expected.get("probability").get(whole));
    }
    close(document.get("probability"), expected.get("probability"), "intercept", "slope");
    for (int i = 0; i < 4; i++) {
      double parameter = expected.at("/probability/teacher/" + i).doubleValue();
      assertThat(document.at("/probability/teacher/" + i).doubleValue())
          .as("parameter %d of the teacher", i)
          .isCloseTo(parameter, within(CLOSE * parameter));
    }
    close(document.get("detail"), expected.get("detail"), "a", "b0", "A", "B", "weight", "returns");
    assertThat(document.at("/detail/cells")).isEqualTo(expected.at("/detail/cells"));
    assertThat(document.at("/detail/v0")).isEqualTo(expected.at("/detail/v0"));
    assertThat(document.at("/detail/beta")).hasSize(TieredFactor.BORDERS);
    for (int i = 0; i < TieredFactor.BORDERS; i++) {
      assertThat(document.at("/detail/beta/" + i).doubleValue())
          .as("border %d", i)
          .isCloseTo(expected.at("/detail/beta/" + i).doubleValue(), within(CLOSE));
    }
    assertThat(fitted.policy().version()).isEqualTo(example.replace("online_", "fitted-"));
  }

  private static void close(JsonNode document, JsonNode expected, String... fields) {
    for (String field : fields) {
      assertThat(document.get(field).doubleValue())
          .as(field)
          .isCloseTo(expected.get(field).doubleValue(), within(CLOSE));
    }
  }

  private static JsonNode expected(String example) throws IOException {
    try (InputStream file =
        FittedExamplesTest.class.getResourceAsStream("/examples/fitted/" + example + ".json")) {
      return JSON.readTree(file);
    }
  }
}
