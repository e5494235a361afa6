package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the documents to the files that they speak of. */
class DocumentsTest {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)");

  @Test
  void shouldLinkToFilesThatExist() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Repository.text(document));
      while (link.find()) {
        String target = link.group(1);
        if (!target.contains(":") && !Files.exists(document.resolveSibling(target))) {
          broken.add(document + " → " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void shouldFitTheReadmeOnAPage() throws IOException {
    Path readme = Repository.ROOT.resolve("README.md");

    assertThat(Files.size(readme)).isLessThanOrEqualTo(8 * 1024);
    assertThat(Repository.text(readme)).contains("![", "```mermaid", "./rekindle up", "mvn verify");
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> all = Files.walk(Repository.ROOT)) {
      return all.filter(path -> path.toString().endsWith(".md"))
          .filter(path -> !path.toString().matches(".*/(target|\\.git|\\.rekindle)/.*"))
          .toList();
    }
  }
}
