package io.rekindle.scoring.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoringPolicyTest {

  private static final JsonMapper JSON = new JsonMapper();

  /** Scores in the world carry these; a change of a shipped policy needs a new version. */
  @ParameterizedTest
  @CsvSource({
    "cadence-v1,49c339351114db3a5b04de5019d5309e0a380947c484ed9e031a4ba6b2a4b9d4",
    "document-v1,e327a832a3a863a59b8e1618a96cd47d70203277f610ca5a9df5efd21fee2b4c"
  })
  void shouldNeverChangeABuiltInPolicy(String name, String hash) {
    ScoringPolicy policy = ScoringPolicy.builtIn(name);
    assertThat(policy.version()).isEqualTo(name);
    assertThat(policy.hash()).isEqualTo(hash);
  }

  @Test
  void shouldHashTheContentAndNotItsSpelling() throws Exception {
    ScoringPolicy cadence = ScoringPolicy.builtIn("cadence-v1");
    ObjectNode document = (ObjectNode) JSON.readTree(cadence.json());
    ObjectNode reordered = JSON.createObjectNode();
    reordered.putNull("contact");
    reordered.set("segments", document.remove("segments"));
    reordered.setAll(document);
    String spelledOtherwise =
        reordered.toPrettyString().replace(": 365", ": 3.65e2").replace(": 1.5", ": 1.50");

    ScoringPolicy same = ScoringPolicy.parse(spelledOtherwise);

    assertThat(spelledOtherwise).contains("3.65e2", "1.50");
    assertThat(same.hash()).isEqualTo(cadence.hash());
    assertThat(same.json()).isEqualTo(cadence.json());
  }

  @Test
  void shouldHashEveryDifferenceOfContent() throws Exception {
    ScoringPolicy cadence = ScoringPolicy.builtIn("cadence-v1");
    String other = cadence.json().replace("\"dropAtLeast\":35", "\"dropAtLeast\":34");
    assertThat(ScoringPolicy.parse(other).hash()).isNotEqualTo(cadence.hash());
  }

  @Test
  void shouldReadItsOwnCanonicalForm() throws Exception {
    RandomPolicies policies = new RandomPolicies(new SplittableRandom(1));
    for (int i = 0; i < 200; i++) {
      ScoringPolicy policy = ScoringPolicy.parse(policies.next().toString());
      ScoringPolicy again = ScoringPolicy.parse(policy.json());
      assertThat(again.json()).isEqualTo(policy.json());
      assertThat(again.hash()).isEqualTo(policy.hash());
    }
  }

  @Test
  void shouldTellTheThreshold() {
    assertThat(ScoringPolicy.builtIn("cadence-v1").atRiskBelow()).isEqualTo(50);
  }
}
