package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds every file that a person reads to the words of docs/glossary.md. */
class GlossaryTest {

  private static final Path GLOSSARY = Repository.ROOT.resolve("docs/glossary.md");

  /** Content for a model and word lists of languages: their words are not ours to choose. */
  private static final Pattern EXEMPT =
      Pattern.compile(".*/(target|prompts|languages|node_modules)/.*|.*/docs/glossary\\.md");

  private static final Pattern FILES =
      Pattern.compile(
          ".*/(src/main|docs|deploy/(config|docker|kubernetes|observability|operations))/.*"
              + "\\.(java|jte|html|js|css|sql|properties|json|md|yaml|yml)"
              + "|\\.\\./\\.\\./[A-Z]+\\.md");

  private static final Pattern JAVA_TEXT =
      Pattern.compile(
          "/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|(?m:^import [^;]*;)",
          Pattern.DOTALL);
  private static final Pattern SQL_TEXT = Pattern.compile("--[^\\n]*|'(?:''|[^'])*'");
  private static final Pattern SCRIPT_COMMENT =
      Pattern.compile("/\\*.*?\\*/|(?<!:)//[^\\n]*", Pattern.DOTALL);
  private static final Pattern TEMPLATE_COMMENT =
      Pattern.compile("<%--.*?--%>|<!--.*?-->", Pattern.DOTALL);

  /** A key, or a value or an element of a list that is one word. */
  private static final Pattern YAML_NAME =
      Pattern.compile(
          "(?m)^[\\s-]*\"?([\\w.$-]+)\"?\\s*:(?:\\s*\"?([\\w.$/#-]+)\"?,?\\s*$)?"
              + "|^\\s*-\\s+([\\w.$-]+)\\s*$");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_$][\\w$]*(?:-[\\w$]+)*");
  private static final Pattern PART = Pattern.compile("\\p{Lu}+(?!\\p{Ll})|\\p{Lu}?\\p{Ll}+|\\d+");

  private enum Where {
    /** As a whole name, written like this; {@code *} stands for any rest. */
    NAMES,
    /** In any name, in any case: as {@code Ladder}, {@code tierLadder} or {@code ladder-row}. */
    PARTS,
    /** In any name, and in comments, messages and documents, in any case. */
    ANYWHERE;

    static Where of(String cell) {
      return valueOf(cell.toUpperCase(Locale.ROOT));
    }
  }

  private record Retired(String word, String use, Where where) {

    /** The first place of the word in a file; empty if there is none. */
    Optional<String> in(String text, String names) {
      String searched = where == Where.ANYWHERE ? text : names;
      // Most files have none of the words.
      if (!rough().matcher(searched).find()) {
        return Optional.empty();
      }
      Stream<MatchResult> hits =
          where == Where.NAMES
              // A type nested in another one, such as ResourceBundle.Control, is another name.
              ? Pattern.compile("(?<![\\w$-])(?<![A-Z]\\w{0,40}\\.)" + whole() + "(?![\\w$-])")
                  .matcher(searched)
                  .results()
              : NAME.matcher(searched)
                  .results()
                  .filter(name -> parts(name.group()).contains(parts(word)));
      return hits.findFirst().map(hit -> around(searched, hit));
    }

    private String whole() {
      return word.replace("*", "\\w+");
    }

    private Pattern rough() {
      return where == Where.NAMES
          ? Pattern.compile(whole())
          : Pattern.compile(
              parts(word).replaceAll("^_|_$", "").replace("_", "[_-]?"), Pattern.CASE_INSENSITIVE);
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
        word.in(text, names)
            .ifPresent(
                place ->
                    found.add(
                        "%s: \"%s\" is retired, use \"%s\": …%s…"
                            .formatted(file, word.word(), word.use(), place)));
      }
    }

    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          names    | follow   | A.java  | void follow() {}                        | true
          names    | follow   | A.java  | void followRedirects() {}               | false
          names    | follow   | A.java  | // follow the rule                      | false
          names    | follow   | A.java  | String s = "follow";                    | false
          names    | follow   | a.js    | function follow() { }                   | true
          names    | follow   | a.jte   | <body data-follow>                      | false
          names    | Control  | A.java  | import java.util.ResourceBundle.Control; | false
          names    | Control  | A.java  | ResourceBundle.Control control;         | false
          names    | MOST_*   | A.java  | int MOST_ROWS = 1;                      | true
          names    | MOST_*   | A.java  | int AT_MOST_ROWS = 1;                   | false
          parts    | ladder   | A.java  | class TierLadder {}                     | true
          parts    | ladder   | A.java  | int LADDER_ROWS;                        | true
          parts    | ladder   | A.java  | class Bladder {}                        | false
          parts    | ladder   | a.css   | .ladder-row { width: auto; }            | true
          parts    | ladder   | a.css   | /* a ladder */                          | false
          parts    | ladder   | a.jte   | <table class="ladder">                  | true
          parts    | ladder   | a.sql   | select 'ladder' as tiers -- ladder      | false
          parts    | ladder   | a.sql   | create table tier_ladder ();            | true
          parts    | ladder   | a.yaml  | operationId: getLadder                  | true
          parts    | ladder   | a.yaml  | description: a ladder of tiers          | false
          parts    | ladder   | a.json  | "ladder": 1                             | true
          parts    | ladder   | a.properties | policy.ladder=Tiers                | true
          anywhere | silences | a.json  | "title": "Open silences",               | true
          anywhere | silences | a.md    | All Silences end.                       | true
          anywhere | silences | a.md    | A silence of 60 days.                   | false
          """)
  void shouldFindARetiredWord(String where, String word, Path file, String text, boolean found) {
    assertThat(new Retired(word, "", Where.of(where)).in(text, names(file, text)).isPresent())
        .isEqualTo(found);
  }

  private static List<Retired> retired() {
    List<Retired> words = new ArrayList<>();
    String table = Repository.text(GLOSSARY).split("## Retired words", 2)[1];
    for (String line : table.lines().toList()) {
      String[] cells = line.split("\\|", -1);
      if (cells.length == 5 && cells[3].strip().matches("names|parts|anywhere")) {
        words.add(new Retired(cells[1].strip(), cells[2].strip(), Where.of(cells[3].strip())));
      }
    }
    return words;
  }

  /** Main code and resources of every module, templates, migrations, deployment and documents. */
  private static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(Repository.ROOT)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> FILES.matcher(file.toString()).matches())
          .filter(file -> !EXEMPT.matcher(file.toString()).matches())
          .filter(file -> !file.toString().contains("/.git/"))
          .toList();
    }
  }

  /** The text without what is no name: comments, strings of Java and SQL, all of a document. */
  private static String names(Path file, String text) {
    String name = file.getFileName().toString();
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "java" -> JAVA_TEXT.matcher(text).replaceAll("\"\"");
      case "sql" -> SQL_TEXT.matcher(text).replaceAll("''");
      case "js", "css" -> SCRIPT_COMMENT.matcher(text).replaceAll("");
      case "jte" -> TEMPLATE_COMMENT.matcher(text).replaceAll("");
      case "properties" -> text.replaceAll("(?m)^#.*|=.*", "");
      case "yaml", "yml", "json" ->
          YAML_NAME
              .matcher(text)
              .results()
              .map(MatchResult::group)
              .collect(Collectors.joining("\n"));
      default -> "";
    };
  }

  /** The parts of a name in lower case, each between two lines: {@code _tier_ladder_}. */
  private static String parts(String name) {
    return PART.matcher(name)
        .results()
        .map(part -> part.group().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining("_", "_", "_"));
  }

  private static String around(String text, MatchResult hit) {
    int from = Math.max(0, hit.start() - 40);
    int to = Math.min(text.length(), hit.end() + 40);
    return text.substring(from, to).replaceAll("\\s+", " ");
  }
}
