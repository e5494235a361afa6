package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GrafanaTest {

  private static final int COLUMNS = 24;

  static Stream<Path> dashboards() {
    return Repository.files(Repository.OBSERVABILITY.resolve("grafana/dashboards"), ".json")
        .stream();
  }

  /** All expressions of all panels. */
  static Stream<String> expressions() {
    return dashboards()
        .flatMap(file -> Repository.json(file).get("panels").findValuesAsText("expr").stream());
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void shouldReadOnlyMetricsThatThereAre(Path file) {
    Set<String> known = KnownMetrics.all();
    for (String expression : Repository.json(file).findValuesAsText("expr")) {
      assertThat(PromQl.isBalanced(expression)).as(expression).isTrue();
      assertThat(known).as(expression).containsAll(PromQl.metrics(expression));
    }
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void shouldAskTheDataSourceThatTheReaderChose(Path file) {
    JsonNode dashboard = Repository.json(file);
    assertThat(dashboard.at("/templating/list"))
        .anySatisfy(
            variable -> {
              assertThat(variable.get("name").asText()).isEqualTo("datasource");
              assertThat(variable.get("type").asText()).isEqualTo("datasource");
              assertThat(variable.get("query").asText()).isEqualTo("prometheus");
            });
    assertThat(dashboard.findValues("datasource"))
        .isNotEmpty()
        .allSatisfy(source -> assertThat(source.get("uid").asText()).isEqualTo("${datasource}"));
    assertThat(dashboard.findValue("__inputs")).isNull();
  }

  @ParameterizedTest
  @MethodSource("dashboards")
  void shouldLayPanelsSideBySide(Path file) {
    List<JsonNode> panels = new ArrayList<>();
    Repository.json(file).get("panels").forEach(panels::add);
    assertThat(panels).isNotEmpty();
    assertThat(panels.stream().map(panel -> panel.get("id").asInt())).doesNotHaveDuplicates();
    for (JsonNode panel : panels) {
      assertThat(panel.get("title").asText()).isNotBlank();
      assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotBlank();
      assertThat(panel.get("targets")).isNotEmpty();
      assertThat(panel.at("/gridPos/x").asInt() + panel.at("/gridPos/w").asInt())
          .isLessThanOrEqualTo(COLUMNS);
    }
    for (int i = 0; i < panels.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(overlap(panels.get(i).get("gridPos"), panels.get(j).get("gridPos")))
            .as("%s over %s", panels.get(i).get("title"), panels.get(j).get("title"))
            .isFalse();
      }
    }
  }

  private static boolean overlap(JsonNode one, JsonNode other) {
    return overlap(one, other, "x", "w") && overlap(one, other, "y", "h");
  }

  private static boolean overlap(JsonNode one, JsonNode other, String start, String size) {
    int first = one.get(start).asInt();
    int second = other.get(start).asInt();
    return first < second + other.get(size).asInt() && second < first + one.get(size).asInt();
  }

  @Test
  void shouldBeFoundByTheirFileName() {
    assertThat(dashboards())
        .hasSize(6)
        .allSatisfy(
            file ->
                assertThat(Repository.json(file).get("uid").asText() + ".json")
                    .isEqualTo(file.getFileName().toString()));
  }
}
