package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Alert rules as far as they can be checked without Prometheus. What they fire on is tested by
 * {@code deploy/observability/check-rules}, which needs promtool.
 */
class AlertsTest {

  private static final Pattern JOB = Pattern.compile("job(=~?)\"([^\"]+)\"");

  record RuleFile(List<Group> groups) {}

  record Group(String name, List<Alert> rules) {}

  record Alert(
      String alert,
      String expr,
      @JsonProperty("for") String pending,
      Map<String, String> labels,
      Map<String, String> annotations) {

    @Override
    public String toString() {
      return alert;
    }
  }

  static Stream<Alert> alerts() {
    return Repository.yaml(
            Repository.OBSERVABILITY.resolve("prometheus/rules/rekindle.yml"), RuleFile.class)
        .groups()
        .stream()
        .flatMap(group -> group.rules().stream());
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void shouldReadOnlyMetricsThatThereAre(Alert alert) {
    assertThat(PromQl.isBalanced(alert.expr())).isTrue();
    assertThat(PromQl.metrics(alert.expr())).isNotEmpty().isSubsetOf(KnownMetrics.all());
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void shouldSayWhoActsAndHow(Alert alert) {
    assertThat(alert.labels().get("severity")).isIn("page", "ticket");
    assertThat(alert.annotations()).containsOnlyKeys("summary", "description", "runbook_url");
    assertThat(alert.annotations().get("runbook_url"))
        .isEqualTo("{{ $externalLabels.runbook }}#" + alert.alert().toLowerCase(Locale.ROOT));
    assertThat(Repository.text(Repository.RUNBOOK)).contains("\n### " + alert.alert() + "\n");
  }

  @Test
  void shouldHaveOneAlertOfAName() {
    assertThat(alerts().map(Alert::alert)).doesNotHaveDuplicates();
  }

  @Test
  void shouldHaveNoRunbookSectionWithoutAnAlert() {
    Set<String> sections = new TreeSet<>();
    Matcher section =
        Pattern.compile("(?m)^### (Rekindle\\w+)$").matcher(Repository.text(Repository.RUNBOOK));
    while (section.find()) {
      sections.add(section.group(1));
    }
    assertThat(alerts().map(Alert::alert)).containsExactlyInAnyOrderElementsOf(sections);
  }

  @Test
  void shouldTestEveryRuleWithPromtool() {
    JsonNode tests =
        Repository.yaml(
            Repository.OBSERVABILITY.resolve("prometheus/rules/rekindle_test.yml"), JsonNode.class);
    Set<String> fired = new HashSet<>();
    for (JsonNode test : tests.findValues("alert_rule_test")) {
      for (JsonNode expectation : test) {
        if (!expectation.path("exp_alerts").isEmpty()) {
          fired.add(expectation.get("alertname").asText());
        }
      }
    }
    assertThat(fired).containsAll(alerts().map(Alert::alert).toList());
  }

  @Test
  void shouldSpeakOfJobsThatAreScraped() {
    JsonNode prometheus =
        Repository.yaml(
            Repository.OBSERVABILITY.resolve("prometheus/prometheus.yml"), JsonNode.class);
    List<String> jobs = prometheus.findValuesAsText("job_name");
    assertThat(jobs).doesNotHaveDuplicates();
    Stream.concat(alerts().map(Alert::expr), GrafanaTest.expressions())
        .forEach(
            expression -> {
              Matcher job = JOB.matcher(expression);
              while (job.find()) {
                assertThat(jobs)
                    .as(expression)
                    .anyMatch(Pattern.compile(job.group(2)).asMatchPredicate());
              }
            });
  }

  /** A metric that the code names and the record lacks means that the record is old. */
  @Test
  void shouldHaveRecordedWhatTheJobSaysToday() {
    Matcher constant =
        Pattern.compile("String ([A-Z_]+) = \"(\\w+)\";")
            .matcher(
                Repository.text(
                    Repository.ROOT.resolve(
                        "pipeline/job/src/main/java/io/rekindle/job/engagement/EngagementMetrics.java")));
    Map<String, String> names = new HashMap<>();
    while (constant.find()) {
      names.put(constant.group(1), constant.group(2));
    }
    String prefix = "flink_taskmanager_job_task_operator_" + names.remove("GROUP") + "_";
    assertThat(names).isNotEmpty();
    assertThat(KnownMetrics.recorded("flink"))
        .containsAll(names.values().stream().map(name -> prefix + name).toList());
  }
}
