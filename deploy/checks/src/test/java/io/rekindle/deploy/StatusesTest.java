package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds docs/reference/statuses.md to the codes in the sources: a missing one fails by its name.
 */
class StatusesTest {

  private static final String PAGE =
      Repository.text(Repository.ROOT.resolve("docs/reference/statuses.md"));

  @Test
  void shouldListEveryDecision() throws IOException {
    assertListed("`engagement.outreach_decisions.decision`", constants("Decision.java", "Kind"));
    assertListed("`engagement.outreach_decisions.reason`", constants("Decision.java", "Reason"));
  }

  @Test
  void shouldListEveryEndOfAnEpisode() throws IOException {
    assertListed(
        "`engagement.risk_episodes.close_reason`", constants("Episode.java", "CloseReason"));
  }

  @Test
  void shouldListEveryCauseOfAScoreChange() throws IOException {
    assertListed("`engagement.score_history.cause`", constants("Cause.java", "Cause"));
  }

  @Test
  void shouldListEveryStateOfTheReconstruction() throws IOException {
    assertListed(
        "`reconstruction.state` of `GET /api/pipeline`",
        constants("ReconstructionStatus.java", "State"));
  }

  @Test
  void shouldListEveryStatusOfAnEmail() throws IOException {
    assertListed(
        "`engagement.emails.status`\n", inMigration("status in \\(([^)]*'READY'[^)]*)\\)"));
    assertListed(
        "`engagement.test_emails.status`\n",
        inMigration("status in \\(('READY', 'SENT', 'LOGGED', 'FAILED')\\)"));
    assertListed(
        "`engagement.content_versions.review`",
        inMigration("review in \\(([^)]*'REJECTED'[^)]*)\\)"));
    Set<String> cancelled = constants("Verdict.java", "Reason");
    cancelled.add("ERASED");
    assertListed("`engagement.emails.status_reason` of a cancelled", cancelled);
    assertListed(
        "`engagement.emails.status_reason` of a failed",
        constants("FailureReason.java", "FailureReason"));
  }

  @Test
  void shouldListEveryReasonOfTheTemplate() throws IOException {
    Set<String> codes = new TreeSet<>();
    try (Stream<Path> files =
        Files.walk(Repository.ROOT.resolve("email-sink/src/main/java/io/rekindle/email/llm"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        Matcher matcher = Pattern.compile("\"([A-Z][A-Z_]{3,})\"").matcher(Repository.text(file));
        matcher.results().map(result -> result.group(1)).forEach(codes::add);
      }
    }
    assertListed("`engagement.emails.fallback_reason`", codes);
  }

  @Test
  void shouldListEverySuppression() throws IOException {
    assertListed(
        "`engagement.suppressions.reason`", inMigration("reason in \\(([^)]*'BOUNCED'[^)]*)\\)"));
  }

  @Test
  void shouldListEveryVerdict() throws IOException {
    Set<String> verdicts = new TreeSet<>();
    for (String path : migrations()) {
      Matcher matcher = Pattern.compile("(?:then|else) '([A-Z]+(?:_[A-Z]+)*)'").matcher(path);
      int from = path.indexOf("'SAMPLE_RATIO_MISMATCH'");
      int to = from < 0 ? -1 : path.indexOf(" end", from);
      for (MatchResult result : matcher.results().toList()) {
        if (from >= 0 && result.start() >= from - 6 && result.end() <= to) {
          verdicts.add(result.group(1));
        }
      }
    }
    assertListed("`engagement.uplift(…).verdict`", verdicts);
  }

  @Test
  void shouldListEveryReasonOfADeadLetter() throws IOException {
    assertListed(
        "`reason` of a record of `rekindle.dead-letters`",
        constants("DeadLetterReason.java", "DeadLetterReason"));
  }

  @Test
  void shouldListEveryProblemOfASignIn() throws IOException {
    assertListed("`problem` in the address", constants("SignInProblem.java", "SignInProblem"));
  }

  @Test
  void shouldListEveryCodeOfTheApi() throws IOException {
    assertListed("`code` of a problem", constants("ProblemCode.java", "ProblemCode"));
    assertListed("`outcome` of an order of", constants("OrderRoutes.java", "BatchOutcome"));
  }

  @Test
  void shouldListTheFaultsOfCapture() {
    String schema =
        Repository.text(
            Repository.ROOT.resolve(
                "connectors/src/main/resources/db/migration/V1__shop_and_engagement.sql"));
    int start = schema.indexOf("create view engagement.capture_faults");
    Matcher code =
        Pattern.compile("select '([A-Z_]+)'")
            .matcher(
                schema.substring(
                    start, schema.indexOf("comment on view engagement.capture_faults")));
    Set<String> codes = new TreeSet<>();
    while (code.find()) {
      codes.add(code.group(1));
    }
    assertListed("`engagement.capture_faults.fault`", codes);
  }

  private static void assertListed(String heading, Set<String> codes) {
    int start = PAGE.indexOf(heading);
    assertThat(start).as("a section that begins with " + heading).isNotNegative();
    List<String> listed =
        PAGE.substring(start + heading.length())
            .lines()
            .skip(1)
            .takeWhile(line -> !line.startsWith("#") && !line.startsWith("`"))
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.split("`", -1)[1])
            .toList();
    assertThat(codes).isNotEmpty();
    assertThat(listed).as(heading).containsExactlyInAnyOrderElementsOf(codes);
  }

  /** The constants of an enum in the sources of any module. */
  private static Set<String> constants(String file, String type) throws IOException {
    Path source;
    try (Stream<Path> all = Files.walk(Repository.ROOT)) {
      source =
          all.filter(path -> path.getFileName().toString().equals(file))
              .filter(path -> path.toString().contains("src/main/java"))
              .filter(path -> Repository.text(path).contains("enum " + type + " {"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no enum " + type + " in a " + file));
    }
    String body =
        Repository.text(source)
            .split("enum " + type + " \\{", 2)[1]
            .replaceAll("(?s)/\\*.*?\\*/|//[^\\n]*", "")
            .split("[;}]", 2)[0];
    return Stream.of(body.split(",", -1))
        .map(constant -> constant.replaceAll("\\(.*", "").strip())
        .filter(constant -> constant.matches("[A-Z_0-9]+"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> inMigration(String regex) throws IOException {
    Set<String> codes = new TreeSet<>();
    for (String migration : migrations()) {
      Matcher matcher = Pattern.compile(regex).matcher(migration);
      while (matcher.find()) {
        Pattern.compile("'([A-Z]+)'")
            .matcher(matcher.group(1))
            .results()
            .forEach(code -> codes.add(code.group(1)));
      }
    }
    return codes;
  }

  private static List<String> migrations() throws IOException {
    try (Stream<Path> files =
        Files.list(Repository.ROOT.resolve("connectors/src/main/resources/db/migration"))) {
      return files.sorted().map(Repository::text).toList();
    }
  }
}
