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

/** Holds every file that a person reads to the words of docs/glossary.md. */
class GlossaryTest {

  private static final Path GLOSSARY = Repository.ROOT.resolve("docs/glossary.md");

  /** Content for a model and word lists of languages: their words are not ours to choose. */
  private static final Pattern EXEMPT =
      Pattern.compile(".*/(target|prompts|languages|node_modules)/.*|.*/docs/glossary\\.md");

  private static final Pattern JAVA_TEXT =
      Pattern.compile(
          "/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"", Pattern.DOTALL);
  private static final Pattern SQL_TEXT = Pattern.compile("--[^\\n]*|'(?:''|[^'])*'");

  private record Retired(String word, String use, boolean anywhere) {

    Pattern pattern() {
      // A type nested in another one, such as ResourceBundle.Control, is another name.
      return Pattern.compile(
          "(?<![\\w$-])(?<![A-Z]\\w{0,40}\\.)" + Pattern.quote(word) + "(?![\\w$])");
    }
  }

  @Test
  void shouldRetireTheWordsOfTheTable() {
    assertThat(retired()).hasSizeGreaterThan(60);
  }

  @Test
  void shouldFindNoRetiredWord() throws IOException {
    List<Retired> words = retired();
    List<String> found = new ArrayList<>();

    for (Path file : files()) {
      String text = Files.readString(file);
      String names = names(file, text);
      for (Retired word : words) {
        String searched = word.anywhere() ? text : names;
        // Most files have none of the words, and the pattern looks behind every letter.
        if (!searched.contains(word.word())) {
          continue;
        }
        Matcher matcher = word.pattern().matcher(searched);
        if (matcher.find()) {
          found.add(
              "%s: \"%s\" is retired, use \"%s\": …%s…"
                  .formatted(file, word.word(), word.use(), around(searched, matcher)));
        }
      }
    }

    assertThat(found).isEmpty();
  }

  @Test
  void shouldFindARetiredWordInANameAndInAText() {
    Retired judge = new Retired("judge", "evaluate", false);
    Path java = Path.of("Example.java");

    assertThat(judge.pattern().matcher(names(java, "void judge() {}")).find()).isTrue();
    assertThat(
            judge
                .pattern()
                .matcher(names(java, "// judge for yourself\nvoid evaluate() {}"))
                .find())
        .isFalse();
    assertThat(judge.pattern().matcher(names(java, "String text = \"judge\";")).find()).isFalse();
    assertThat(judge.pattern().matcher(names(java, "void misjudge() {}")).find()).isFalse();
  }

  private static List<Retired> retired() {
    List<Retired> words = new ArrayList<>();
    String table = Repository.text(GLOSSARY).split("## Retired words", 2)[1];
    for (String line : table.lines().toList()) {
      String[] cells = line.split("\\|", -1);
      if (cells.length == 5 && cells[3].strip().matches("names|anywhere")) {
        words.add(
            new Retired(cells[1].strip(), cells[2].strip(), cells[3].strip().equals("anywhere")));
      }
    }
    return words;
  }

  /** Main code and resources of every module, templates, migrations, deployment and documents. */
  private static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(Repository.ROOT)) {
      return all.filter(Files::isRegularFile)
          .filter(
              file ->
                  file.toString()
                      .matches(
                          ".*/(src/main|docs|deploy/(config|docker|kubernetes|observability|operations))/.*\\.(java|jte|js|css|sql|properties|json|md|yaml|yml)|\\.\\./\\.\\./[A-Z]+\\.md"))
          .filter(file -> !EXEMPT.matcher(file.toString()).matches())
          .filter(file -> !file.toString().contains("/.git/"))
          .toList();
    }
  }

  /** The text without what is no name: comments and strings of code, all of a document. */
  private static String names(Path file, String text) {
    String name = file.getFileName().toString();
    if (name.endsWith(".java")) {
      return JAVA_TEXT.matcher(text).replaceAll("\"\"").replaceAll("(?m)^import [^;]*;", "");
    }
    if (name.endsWith(".sql")) {
      return SQL_TEXT.matcher(text).replaceAll("''");
    }
    return "";
  }

  private static String around(String text, Matcher matcher) {
    int from = Math.max(0, matcher.start() - 40);
    int to = Math.min(text.length(), matcher.end() + 40);
    return text.substring(from, to).replaceAll("\\s+", " ");
  }
}
