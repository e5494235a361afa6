package io.rekindle.scoring.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rekindle.scoring.document.InvalidPolicyException;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models, and the policies that they are applied to. */
class PolicyModelTest {

  private static final String MONEY =
      "{\"version\":\"m\",\"money\":{\"p\":3,\"q\":4.5,\"gamma\":20,\"meanOrderValue\":\"31.50\"}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|$.version|is missing",
        "{\"version\":\"m\"}|$|add \"probability\"",
        "{\"version\":\"m\",\"points\":1}|$.points|use one of [version",
        "{\"version\":\"m\",\"clients\":\"x\",\"money\":{}}|$.clients|must be a number",
        "{\"version\":\"m\",\"probability\":{}}|$.probability.horizonDays|is missing",
        "{\"version\":\"m\",\"money\":{}}|$.money.p|is missing",
        "{\"version\":\"m\",\"money\":{\"p\":0}}|$.money.p|must be above 0",
        "{\"version\":\"m\",\"money\":{\"p\":1,\"q\":1}}|$.money.q|must be above 1",
        "{\"version\":\"m\",\"money\":{\"p\":1,\"q\":2,\"gamma\":1e13}}|$.money.gamma|most 1e12",
        "{\"version\":\"m\",\"money\":{\"p\":1,\"q\":2,\"gamma\":1}}|$.money.meanOrderValue|is"
            + " missing",
      })
  void shouldNameThePlaceAndTheFix(String json, String path, String fix) {
    InvalidPolicyException error =
        catchThrowableOfType(InvalidPolicyException.class, () -> PolicyModel.parse(json));
    assertThat(error).hasMessageStartingWith(path + ":").hasMessageContaining(fix);
  }

  @Test
  void shouldTakeThePlaceOfTheTableAndMoveTheThresholdOfTheProbability() throws Exception {
    ScoringPolicy own =
        ScoringPolicy.parse(
            ScoringPolicy.builtIn("cadence-v1")
                .json()
                .replace("\"scoreBelow\"", "\"orderProbabilityBelow\":0.5,\"scoreBelow\"")
                .replaceFirst("\\{", "{\"probability\":" + table(0, 60, 700) + ","));
    assertThat(own.atRiskBelow()).isEqualTo(60);
    assertThat(own.hasBuiltInProbability()).isFalse();

    ScoringPolicy later =
        own.withModel(
            PolicyModel.parse(
                "{\"version\":\"m\",\"probability\":%s}".formatted(table(0, 80, 500))));
    assertThat(later.atRiskBelow()).isEqualTo(80);
    assertThat(later.recovered(false, true, 84)).isFalse();
    assertThat(later.recovered(false, true, 85)).isTrue();
    assertThat(later.hash()).isEqualTo(own.hash());

    ScoringPolicy never =
        own.withModel(
            PolicyModel.parse(
                "{\"version\":\"m\",\"probability\":%s}".formatted(table(0, 99, 499))));
    assertThat(never.atRiskBelow()).isEqualTo(101);

    assertThat(own.withModel(PolicyModel.parse(MONEY)).atRiskBelow()).isEqualTo(60);
    assertThat(later.withModel(null).atRiskBelow()).isEqualTo(60);
  }

  @Test
  void shouldKeepTheBuiltInTableBesideMoney() throws Exception {
    ScoringPolicy cadence = ScoringPolicy.builtIn("cadence-v1").withModel(PolicyModel.parse(MONEY));
    assertThat(cadence.hasBuiltInProbability()).isTrue();
    assertThat(cadence.money()).contains(new SpendModel(3, 4.5, 20, 3_150));
    assertThat(ScoringPolicy.builtIn("document-v1").probability()).isEmpty();
  }

  @Test
  void shouldEndAnEpisodeAtTheBestScore() throws Exception {
    ScoringPolicy policy =
        ScoringPolicy.parse(
            ScoringPolicy.builtIn("cadence-v1")
                .json()
                .replace("\"scoreBelow\":50", "\"scoreBelow\":98"));
    assertThat(policy.recovered(false, true, 99)).isFalse();
    assertThat(policy.recovered(false, true, 100)).isTrue();
  }

  @Test
  void shouldRefuseWhatIsNoJson() {
    assertThatThrownBy(() -> PolicyModel.parse("[]")).isInstanceOf(InvalidPolicyException.class);
  }

  /** A table with one probability below a score, and another from there on. */
  private static String table(int low, int from, int high) {
    return "{\"horizonDays\":90,\"perMille\":["
        + String.join(",", Collections.nCopies(from, "" + low))
        + ","
        + String.join(",", Collections.nCopies(101 - from, "" + high))
        + "]}";
  }
}
