package io.rekindle.dashboard.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.scoring.policy.Band;
import io.rekindle.scoring.policy.Segment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the bundle to the texts that templates, scripts and documented codes need. */
class MessagesTest {

  private static final Pattern TEXT = Pattern.compile("v\\.t\\(\"([A-Za-z.]+[A-Za-z])\"[,)]");
  private static final Pattern BY_SCRIPT = Pattern.compile("\\btext\\(\"([A-Za-z.]+)\"");

  private final Messages messages = new Messages(Locale.ENGLISH);

  @Test
  void shouldHaveEveryTextThatATemplateNames() throws Exception {
    assertThat(missing(Path.of("src/main/jte"), TEXT, "")).isEmpty();
    assertThat(missing(Path.of("src/main/java"), TEXT, "")).isEmpty();
  }

  @Test
  void shouldHaveEveryTextThatAScriptNames() throws Exception {
    assertThat(missing(Path.of("src/main/resources/static"), BY_SCRIPT, "js.")).isEmpty();
  }

  @Test
  void shouldNameEverySegmentAndBand() {
    for (Segment segment : Segment.values()) {
      assertThat(messages.has("segment." + segment)).as(segment.name()).isTrue();
      assertThat(messages.has("segment.about." + segment)).as(segment.name()).isTrue();
    }
    for (Band band : Band.values()) {
      assertThat(messages.has("band." + band)).as(band.name()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "`engagement.outreach_decisions.decision`; decision",
        "`engagement.outreach_decisions.reason`; reason",
        "`engagement.risk_episodes.close_reason`; close",
        "`engagement.score_history.cause`; cause",
        "`engagement.score_history.cause`; chart.history.cause",
        "`reconstruction.state` of `GET /api/pipeline`; pipeline.past",
        "`engagement.emails.status`; emailStatus",
        "`engagement.emails.status_reason` of a cancelled email; reason",
        "`engagement.emails.status_reason` of a failed email; reason",
        "`engagement.emails.fallback_reason`; fallback",
        "`contactObstacle` of `GET /api/users`; risk.obstacle",
        "`emailWaitsFor` of `GET /api/users`; risk.waits",
        "`engagement.suppressions.reason`; suppression",
        "`engagement.uplift(…).verdict`; verdict",
      })
  void shouldNameEveryCodeOfTheReference(String heading, String kind) throws Exception {
    List<String> codes = documented(heading);

    assertThat(codes).isNotEmpty();
    assertThat(codes).allSatisfy(code -> assertThat(messages.has(kind + '.' + code)).isTrue());
  }

  @Test
  void shouldExplainEveryProblemOfASignIn() throws Exception {
    assertThat(documented("`problem` in the address of the sign-in page"))
        .isNotEmpty()
        .map(code -> "signIn.problem." + code.toLowerCase(Locale.ROOT))
        .allSatisfy(key -> assertThat(messages.has(key)).isTrue());
  }

  @Test
  void shouldNameACodeWithANumberByItsBeginning() {
    assertThat(messages.name("fallback", "HTTP_503"))
        .isEqualTo("The model’s API refused with HTTP status 503");
    assertThat(messages.name("fallback", "OF_ANOTHER_SYSTEM_1")).isEqualTo("OF_ANOTHER_SYSTEM_1");
  }

  @Test
  void shouldHaveNoStraightApostrophe() {
    // It is a quote to MessageFormat, which then swallows it and what follows.
    assertThat(messages.under("").values()).noneMatch(text -> text.contains("'"));
  }

  /**
   * The codes of the table in docs/reference/statuses.md that follows a line with this beginning.
   */
  private static List<String> documented(String heading) throws Exception {
    return Files.readAllLines(Path.of("../docs/reference/statuses.md")).stream()
        .dropWhile(line -> !(line + ':').startsWith(heading + ':'))
        .skip(1)
        .takeWhile(line -> line.isEmpty() || line.startsWith("|"))
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.split("`", -1)[1])
        .toList();
  }

  private Set<String> missing(Path folder, Pattern pattern, String prefix) throws Exception {
    Set<String> missing = new TreeSet<>();
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(file -> file.toString().matches(".*\\.(jte|java|js)")).toList();
    }
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      Matcher matcher = pattern.matcher(Files.readString(file));
      while (matcher.find()) {
        if (!messages.has(prefix + matcher.group(1))) {
          missing.add(matcher.group(1) + " in " + file.getFileName());
        }
      }
    }
    return missing;
  }
}
