package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the documents to the files that they speak of. */
class DocumentsTest {

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+?) *$");

  @Test
  void shouldLinkToFilesAndHeadingsThatExist() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Repository.text(document));
      while (link.find()) {
        if (!link.group(1).contains(":") && !exists(document, link.group(1), link.group(2))) {
          broken.add(document + " → " + link.group());
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

  /**
   * Whether a link leads somewhere.
   *
   * @param file empty for the document itself
   * @param anchor null for the whole file
   */
  private static boolean exists(Path document, String file, String anchor) throws IOException {
    Path target = file.isEmpty() ? document : document.resolveSibling(file);
    return Files.exists(target)
        && (anchor == null
            || !target.toString().endsWith(".md")
            || anchors(Repository.text(target)).contains(anchor));
  }

  /** The anchors of all headings, as GitHub forms them. */
  private static Set<String> anchors(String document) {
    return HEADING
        .matcher(document)
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(text -> text.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> all = Files.walk(Repository.ROOT)) {
      return all.filter(path -> path.toString().endsWith(".md"))
          .filter(path -> !path.toString().matches(".*/(target|\\.git|\\.rekindle)/.*"))
          .toList();
    }
  }
}
