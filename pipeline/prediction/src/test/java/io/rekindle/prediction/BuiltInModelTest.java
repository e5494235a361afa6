package io.rekindle.prediction;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.rekindle.scoring.policy.OrderProbability;
import io.rekindle.scoring.policy.PolicyModel;
import io.rekindle.scoring.policy.ScoringPolicy;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The table of cadence-v1 in the product, and the models of a fit, by the fit of a real shop. */
class BuiltInModelTest {

  private static FittedPolicy fitted;

  @BeforeAll
  static void fit() {
    long asOf = Instant.parse("2011-12-10T00:00:00Z").toEpochMilli();
    fitted = ((FitResult.Fitted) PolicyFit.fit(ListedShop.onlineRetail(), asOf)).policy();
  }

  @Test
  void shouldBeTheTableOfThatShop() {
    ScoringPolicy cadence = ScoringPolicy.builtIn("cadence-v1");

    assertThat(cadence.hasBuiltInProbability()).isTrue();
    assertThat(table(cadence.probability().orElseThrow())).isEqualTo(fitted.cadencePerMille());
    assertThat(cadence.money()).isEmpty();
  }

  @Test
  void shouldGiveCadenceTheTableAndTheMoneyOfTheShop() throws Exception {
    ModelDocument document = fitted.cadenceModel();
    assertThat(document.policyVersion()).isEqualTo("cadence-v1");
    assertThat(document.modelVersion()).isEqualTo("cadence-v1-2011-12-10");

    ScoringPolicy cadence =
        ScoringPolicy.builtIn("cadence-v1").withModel(PolicyModel.parse(document.json()));

    assertThat(cadence.hasBuiltInProbability()).isFalse();
    assertThat(table(cadence.probability().orElseThrow())).isEqualTo(fitted.cadencePerMille());
    assertThat(cadence.money().orElseThrow().meanOrderMinor())
        .isEqualTo(fitted.spend().meanOrderMinor());
    assertThat(cadence.withModel(null).hasBuiltInProbability()).isTrue();
    assertThat(cadence.json()).isEqualTo(ScoringPolicy.builtIn("cadence-v1").json());
  }

  @Test
  void shouldGiveAFittedPolicyTheMoneyAndLeaveItsTable() throws Exception {
    ModelDocument document = fitted.moneyModel(fitted.policy().version());
    JsonNode json = new JsonMapper().readTree(document.json());
    assertThat(json.has("probability")).isFalse();

    ScoringPolicy policy = fitted.policy().withModel(PolicyModel.parse(document.json()));

    assertThat(table(policy.probability().orElseThrow())).isEqualTo(fitted.perMille());
    assertThat(policy.money()).isPresent();
  }

  private static List<Integer> table(OrderProbability probability) {
    return IntStream.rangeClosed(0, 100).mapToObj(score -> probability.perMille(score)).toList();
  }
}
