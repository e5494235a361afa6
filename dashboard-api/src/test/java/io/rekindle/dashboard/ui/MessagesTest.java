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

/** What templates say is in the bundle. */
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

  @Test
  void shouldHaveNoStraightApostrophe() {
    // It is a quote to MessageFormat, which then swallows it and what follows.
    assertThat(messages.under("").values()).noneMatch(text -> text.contains("'"));
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
