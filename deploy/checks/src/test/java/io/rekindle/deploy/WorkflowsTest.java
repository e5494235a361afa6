package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.platform.text.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What runs at every push, and the documents that go with a public repository. */
class WorkflowsTest {

  private static final Path WORKFLOWS = Repository.ROOT.resolve(".github/workflows");
  private static final Pattern SCRIPT =
      Pattern.compile("(?m)(?:^|\\s)((?:\\.ci|deploy)/[\\w./-]+)");
  private static final Pattern PROFILE = Pattern.compile("mvn [^\\n]*-P(\\w+)");

  static Stream<Path> workflows() {
    return Repository.files(WORKFLOWS, ".yml").stream();
  }

  @Test
  void shouldTestAsTheBuildMachineDoesOnBothVersionsOfJava() {
    JsonNode test = workflow("build.yml").at("/jobs/test");
    assertThat(test.at("/strategy/matrix/java"))
        .extracting(JsonNode::asText)
        .containsExactly("17", "21");
    assertThat(runs(test)).contains(".ci/run");
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void shouldRunOnlyWhatThereIs(Path file) {
    String pom = Repository.text(Repository.ROOT.resolve("pom.xml"));
    for (String command : runs(Repository.yaml(file, JsonNode.class))) {
      Matcher script = SCRIPT.matcher(command);
      while (script.find()) {
        assertThat(Repository.ROOT.resolve(script.group(1).replaceFirst("/[^/]*\\$.*", "")))
            .exists();
        if (command.equals(script.group(1))) {
          assertThat(Files.isExecutable(Repository.ROOT.resolve(command))).as(command).isTrue();
        }
      }
      Matcher profile = PROFILE.matcher(command);
      while (profile.find()) {
        assertThat(pom).contains("<id>" + profile.group(1) + "</id>");
      }
    }
  }

  @Test
  void shouldLookForKnownWeaknessesInEveryRuntime() {
    String audit = Repository.text(WORKFLOWS.resolve("audit.yml"));
    List<Path> runtimes =
        Repository.files(Repository.ROOT.resolve("deploy/local/runtime"), "pom.xml");
    assertThat(runtimes).hasSizeGreaterThan(5);
    for (Path pom : runtimes) {
      String runtime = Repository.ROOT.relativize(pom.getParent()).toString();
      if (!runtime.equals("deploy/local/runtime")) {
        assertThat(audit).contains("--sbom=" + runtime + "/target/bom.json");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("workflows")
  void shouldBeAllowedToReadAndNothingMoreUnlessAJobSaysSo(Path file) {
    JsonNode workflow = Repository.yaml(file, JsonNode.class);
    assertThat(workflow.get("permissions").toString()).isEqualTo("{\"contents\":\"read\"}");
    for (JsonNode job : workflow.get("jobs")) {
      assertThat(job.has("uses") || job.has("timeout-minutes")).isTrue();
      for (JsonNode step : job.path("steps")) {
        assertThat(step.has("uses") || step.has("run")).isTrue();
        if (step.path("uses").asText().startsWith("actions/checkout@")) {
          assertThat(step.at("/with/persist-credentials").asBoolean(true)).isFalse();
        }
      }
    }
  }

  @Test
  void shouldHaveASectionOfThisVersionInTheChangelog() {
    assertThat(Repository.text(Repository.ROOT.resolve("CHANGELOG.md")))
        .contains("\n## " + Version.CURRENT);
  }

  private static JsonNode workflow(String name) {
    return Repository.yaml(WORKFLOWS.resolve(name), JsonNode.class);
  }

  private static List<String> runs(JsonNode node) {
    return new ArrayList<>(node.findValuesAsText("run"));
  }
}
