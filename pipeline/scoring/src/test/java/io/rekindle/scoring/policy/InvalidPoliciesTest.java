package io.rekindle.scoring.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.rekindle.scoring.document.InvalidPolicyException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One thing wrong with cadence-v1 at a time: what the message says of it. */
class InvalidPoliciesTest {

  private static final JsonMapper JSON = new JsonMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/version|7|$.version|in quotes",
        "/version|\"\"|$.version|1 to 128",
        "/version|null|$.version|is missing: add it",
        "/description|[]|$.description|text",
        "/windowDays|0|$.windowDays|from 0.001 to 36500, but is 0",
        "/windowDays|\"365\"|$.windowDays|must be a number",
        "/windowDays|0.0001|$.windowDays|at most 3 decimals",
        "/windowDays|1e999999999|$.windowDays|from 0.001 to 36500",
        "/windowDay|365|$.windowDay|remove it, or use one of [version",
        "/base|1.5|$.base|whole number",
        "/clamp|null|$.clamp|is missing",
        "/clamp|[0,100]|$.clamp|must be an object, but is [0,100]",
        "/clamp/max|101|$.clamp.max|from 0 to 100, but is 101",
        "/recency/tiers|null|$.recency.tiers|is missing",
        "/recency/tiers|[]|$.recency.tiers|at least one object",
        "/recency/tiers|[5]|$.recency.tiers[0]|must be an object",
        "/recency/tiers/0/fromDays|1|$.recency.tiers[0].fromDays|must be 0",
        "/recency/tiers/2/fromDays|14|$.recency.tiers[2].fromDays|more than 14 of the tier before",
        "/recency/tiers/2/fromDays|30.0001|$.recency.tiers[2].fromDays|at most 3 decimals",
        "/recency/tiers/3/points|25|$.recency.tiers[3].points|must not rise as time passes: use at"
            + " most 24",
        "/recency/tiers/3/points|2.5|$.recency.tiers[3].points|whole number",
        "/recency/tiers/3/from|9|$.recency.tiers[3].from|use one of [fromDays, points]",
        "/rhythm/orderDays|1|$.rhythm.orderDays|from 2 to 1000",
        "/rhythm/priorWeight|0|$.rhythm.priorWeight|from 1 to 1000",
        "/rhythm/priorGapDays|null|$.rhythm.priorGapDays|is missing",
        "/rhythm/maxGapDays|6|$.rhythm.maxGapDays|raise it or lower minGapDays",
        "/rhythm/tiers/2/fromGaps|1.0|$.rhythm.tiers[2].fromGaps|more than 1 of the tier before",
        "/rhythm/tiers/6/points|5|$.rhythm.tiers[6].points|use at most 4",
        "/frequency/of|\"ORDERS\"|$.frequency.of|one of [ORDER_DAYS_IN_WINDOW, ORDERS_EVER]",
        "/frequency/linear|{\"points\":1,\"fullAt\":2}|$.frequency|either tiers or linear",
        "/frequency/tiers|null|$.frequency|either tiers or linear",
        "/frequency/tiers/2/fromCount|1.5|$.frequency.tiers[2].fromCount|orders are counted",
        "/frequency/tiers/2/points|3|$.frequency.tiers[2].points|must not cost points: use at least"
            + " 4",
        "/value/of|null|$.value.of|is missing",
        "/value/reference|50|$.value.reference|such as \"50.00\"",
        "/value/reference|\"50\"|$.value.reference|two decimals",
        "/value/reference|\"0.00\"|$.value.reference|above zero",
        "/value/linear|{}|$.value.linear|not for SPEND_IN_WINDOW",
        "/value/tiers/1/points|-1|$.value.tiers[1].points|use at least 0",
        "/value/of|\"AVERAGE_ORDER_VALUE\"|$.value.tiers|not for AVERAGE_ORDER_VALUE",
        "/loyalty|{\"of\":\"ORDERS_EVER\"}|$.loyalty.of|one of [ORDER_DAYS_EVER]",
        "/loyalty|{\"of\":\"ORDER_DAYS_EVER\"}|$.loyalty.tiers|is missing",
        "/loyalty|{\"of\":\"ORDER_DAYS_EVER\",\"tiers\":[{\"fromCount\":0,\"points\":1}]}|$.loyalty.tiers[0].fromCount|must"
            + " be 1",
        "/probability|{}|$.probability.horizonDays|is missing",
        "/probability|{\"horizonDays\":90}|$.probability.perMille|is missing",
        "/probability|{\"horizonDays\":0}|$.probability.horizonDays|from 1 to 3650",
        "/probability|{\"horizonDays\":90,\"perMille\":7}|$.probability.perMille|list of numbers",
        "/probability|{\"horizonDays\":90,\"perMille\":[1,2]}|$.probability.perMille|must have 101"
            + " numbers, but has 2",
        "/probability|{\"horizonDays\":90,\"slope\":1e999999999}|$.probability.slope|must be a"
            + " number",
        "/probability|{\"horizonDays\":90,\"teacher\":[\"r\"]}|$.probability.teacher[0]|must be a"
            + " number",
        "/probability|{\"days\":90}|$.probability.days|use one of [horizonDays, perMille",
        "/detail|{\"beta\":[1e-999999999]}|$.detail.beta[0]|must be a number",
        "/detail|{\"gamma\":1}|$.detail.gamma|use one of [a, b0",
        "/contact|{\"points\":1,\"withinDays\":7}|$.contact.points|from -1000 to -1",
        "/contact|{\"points\":-1}|$.contact.withinDays|is missing",
        "/contact|{\"points\":-1,\"withinDays\":3651}|$.contact.withinDays|from 0.001 to 3650",
        "/atRisk|null|$.atRisk|is missing",
        "/atRisk/dropAtLeast|0|$.atRisk.dropAtLeast|from 1 to 100",
        "/atRisk/orderProbabilityBelow|0|$.atRisk.orderProbabilityBelow|from 0.001 to 1",
        "/atRisk/orderProbabilityBelow|0.0005|$.atRisk.orderProbabilityBelow|at most 3 decimals",
        "/atRisk/orderProbabilityBelow|0.3|$.atRisk.orderProbabilityBelow|add the section",
        "/atRisk/scoreBelow|true|$.atRisk.scoreBelow|but is true",
        "/bands/coolingFrom|80|$.bands.healthyFrom|from 80 to 100, but is 75",
        "/segments|[]|$.segments|at least one object",
        "/segments/0/segment|\"PROSPECT\"|$.segments[0].segment|one of [LOST",
        "/segments/0/segment|\"lost\"|$.segments[0].segment|one of [LOST",
        "/segments/0/when|null|$.segments[0]|move it to the end",
        "/segments/0/when|{}|$.segments[0]|move it to the end",
        "/segments/9/when|{\"atRisk\":true}|$.segments[9]|add a rule without one",
        "/segments/1/when/score|{\"under\":3}|$.segments[1].when.score.under|[atLeast, below]",
        "/segments/1/when/score/atLeast|10|$.segments[1].when.score|make atLeast less than below",
        "/segments/2/when/atRisk|1|$.segments[2].when.atRisk|true or false",
        "/segments/2/when/mood|1|$.segments[2].when.mood|use one of [atRisk",
        "/currency|\"EUR\"|$.currency|must be an object",
        "/currency|{\"rates\":{}}|$.currency.base|is missing",
        "/currency|{\"base\":\"eur\"}|$.currency.base|upper-case",
        "/currency|{\"base\":\"EUR\",\"rates\":{\"usd\":\"1\"}}|$.currency.rates.usd|upper-case",
        "/currency|{\"base\":\"EUR\",\"rates\":{\"EUR\":\"1\"}}|$.currency.rates.EUR|remove it",
        "/currency|{\"base\":\"EUR\",\"rates\":{\"USD\":0.92}}|$.currency.rates.USD|in quotes",
        "/currency|{\"base\":\"EUR\",\"rates\":{\"USD\":\"-1\"}}|$.currency.rates.USD|in quotes",
        "/currency|{\"base\":\"EUR\",\"rates\":{\"USD\":\"0.0\"}}|$.currency.rates.USD|above zero"
      })
  void shouldNameThePlaceAndTheFix(String pointer, String value, String path, String fix)
      throws Exception {
    String document = cadenceWith(pointer, value);
    InvalidPolicyException invalid =
        catchThrowableOfType(InvalidPolicyException.class, () -> ScoringPolicy.parse(document));
    assertThat(invalid).as(document).isNotNull();
    assertThat(invalid.path()).isEqualTo(path);
    assertThat(invalid).hasMessageStartingWith(path + ": ").hasMessageContaining(fix);
  }

  @Test
  void shouldRefuseProbabilitiesThatFallOrAreNone() throws Exception {
    int[] perMille = IntStream.rangeClosed(0, 100).map(score -> 5 * score).toArray();
    perMille[40] = 194;
    assertThatThrownBy(() -> ScoringPolicy.parse(cadenceWithTable(perMille)))
        .hasMessageStartingWith("$.probability.perMille[40]: ")
        .hasMessageContaining("use at least 195");
    perMille[40] = 1_001;
    assertThatThrownBy(() -> ScoringPolicy.parse(cadenceWithTable(perMille)))
        .hasMessageStartingWith("$.probability.perMille[40]: ")
        .hasMessageContaining("from 0 to 1000, but is 1001");
    perMille[40] = 195;
    assertThat(ScoringPolicy.parse(cadenceWithTable(perMille)).probability()).isPresent();
  }

  private static String cadenceWithTable(int[] perMille) throws JsonProcessingException {
    return cadenceWith(
        "/probability",
        "{\"horizonDays\":90,\"perMille\":" + Arrays.toString(perMille).replace(" ", "") + "}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nope", "{", "{\"a\":1,\"a\":2}", "{} {}", "null", "[]", "\"x\""})
  void shouldRefuseWhatIsNoObject(String document) {
    assertThatThrownBy(() -> ScoringPolicy.parse(document))
        .isInstanceOf(InvalidPolicyException.class)
        .hasMessageStartingWith("$: ");
  }

  @Test
  void shouldRefuseUnknownBuiltIns() {
    assertThatThrownBy(() -> ScoringPolicy.builtIn("cadence"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[cadence-v1, document-v1]");
  }

  private static String cadenceWith(String pointer, String value) throws JsonProcessingException {
    JsonNode document = JSON.readTree(ScoringPolicy.builtIn("cadence-v1").json());
    int slash = pointer.lastIndexOf('/');
    JsonNode parent = document.at(pointer.substring(0, slash));
    String field = pointer.substring(slash + 1);
    if (parent instanceof ArrayNode array) {
      array.set(Integer.parseInt(field), JSON.readTree(value));
    } else {
      ((ObjectNode) parent).putRawValue(field, new RawValue(value));
    }
    return document.toString();
  }
}
