package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.scoring.factor.Factor;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every factor of the score is in every place that names factors and is not made from them. */
class FactorPlacesTest {

  private static final Path CONNECTORS = Repository.ROOT.resolve("connectors/src/main/resources");
  private static final Path CONTRACTS = CONNECTORS.resolve("contracts");
  private static final Path DASHBOARD = Repository.ROOT.resolve("dashboard-api/src/main/resources");

  @ParameterizedTest(name = "{0} has a column in scores and both histories")
  @EnumSource
  void shouldHaveColumns(Factor factor) {
    for (String table : List.of("user_scores", "score_history", "reconstructed_history")) {
      assertThat(definitions(table))
          .as("the migrations' definition of engagement.%s", table)
          .anyMatch(columns -> columns.matches("(?s).*\\b" + factor.column() + "\\s+numeric\\b.*"));
    }
  }

  @ParameterizedTest(name = "{0} is in the schema of the topic of scores")
  @EnumSource
  void shouldBeInTheSchemaOfTheTopic(Factor factor) {
    JsonNode schema = Repository.json(CONTRACTS.resolve("schemas/score-change.json"));
    assertThat(schema.at("/properties/" + factor.column() + "/description").textValue())
        .as("the description of %s", factor.column())
        .isNotBlank();
    assertThat(schema.at("/then/required")).map(JsonNode::textValue).contains(factor.column());
  }

  @ParameterizedTest(name = "{0} is in the example of the topic of scores")
  @EnumSource
  void shouldBeInTheExampleOfTheTopic(Factor factor) {
    JsonNode example =
        Repository.json(CONTRACTS.resolve("examples/score-change/last-order-removed.json"));
    assertThat(example.path("value").has(factor.column())).as(factor.column()).isTrue();
  }

  @ParameterizedTest(name = "{0} is in the API")
  @EnumSource
  void shouldBeInTheApi(Factor factor) throws IOException {
    JsonNode breakdown =
        Repository.YAML
            .readTree(DASHBOARD.resolve("openapi/rekindle.yaml").toFile())
            .at("/components/schemas/Breakdown");
    assertThat(breakdown.at("/properties/" + factor.key()).isObject())
        .as("the property %s of Breakdown", factor.key())
        .isTrue();
    assertThat(breakdown.path("required")).map(JsonNode::textValue).contains(factor.key());
  }

  @ParameterizedTest(name = "{0} has its texts on pages")
  @EnumSource
  void shouldHaveTexts(Factor factor) throws IOException {
    List<String> keys = new ArrayList<>();
    keys.add("factor." + factor);
    keys.add("policy.form." + factor.key());
    keys.add("policy.form." + factor.key() + ".about");
    keys.add("policy.form." + factor.key() + ".on");
    // A deduction is never what a score lacks, and its name says what it is for.
    if (factor != Factor.CONTACT) {
      keys.add("why." + factor);
      keys.add("risk.reason." + factor);
    }
    assertThat(messages().stringPropertyNames()).containsAll(keys);
  }

  @ParameterizedTest(name = "{0} is in the form of a policy")
  @EnumSource
  void shouldBeInTheForm(Factor factor) {
    String script = Repository.text(DASHBOARD.resolve("static/rules.js"));
    assertThat(script)
        .as("static/rules.js: what the part holds when it is switched on")
        .containsPattern("(?m)^    " + factor.key() + ": \\{")
        .as("static/rules.js: the part of the form")
        .contains("optional(\"" + factor.key() + "\", ");
  }

  @ParameterizedTest(name = "{0} is defined in docs/scoring.md")
  @EnumSource
  void shouldBeDocumented(Factor factor) {
    assertThat(Repository.text(Repository.ROOT.resolve("docs/scoring.md")))
        .containsPattern("(?m)^- \\*\\*`" + factor.key() + "`\\*\\*");
  }

  /** The text of the statements in all migrations that define a table's columns. */
  private static List<String> definitions(String table) {
    Pattern statement =
        Pattern.compile("(?s)(create|alter) table engagement\\." + table + "\\b.*?;");
    String migrations =
        Repository.files(CONNECTORS.resolve("db/migration"), ".sql").stream()
            .map(Repository::text)
            .collect(Collectors.joining("\n"));
    return statement.matcher(migrations).results().map(MatchResult::group).toList();
  }

  private static Properties messages() throws IOException {
    Properties messages = new Properties();
    try (Reader in =
        Files.newBufferedReader(DASHBOARD.resolve("io/rekindle/dashboard/messages.properties"))) {
      messages.load(in);
    }
    return messages;
  }
}
