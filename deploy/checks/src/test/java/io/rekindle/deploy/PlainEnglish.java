package io.rekindle.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Counts the words of each sentence and flags what is hard to read: a sentence of more than 30
 * words, and the patterns of the glossary's section on style.
 *
 * <p>Reads Markdown, message bundles, descriptions in YAML and JSON, sentences in strings of Java,
 * and comments of everything else. It needs nothing but a JDK: {@code java
 * deploy/checks/src/test/java/io/rekindle/deploy/PlainEnglish.java FILE|DIRECTORY…} prints each
 * finding and ends with 1 if there is one.
 */
final class PlainEnglish {

  /** The most words of a sentence. */
  static final int MAX_WORDS = 30;

  private static final List<Rule> RULES =
      List.of(
          new Rule(
              "name who or what acts instead of \"$\"",
              "(?i)\\b(whoever|whomever|nobody|somebody)\\b"),
          new Rule("name the component instead of \"$\"", "(?i)\\b(ours|of ours)\\b"),
          new Rule("put the subject first", "(?i)^what\\b[^.?]*?\\bis\\b[^.?]*?\\bis\\b"),
          new Rule(
              "write it without the double negation",
              "(?i)\\b(?:not|never|no)\\b [^,.;]{0,24}\\bunless\\b.*\\bnot\\b"));

  /**
   * Built files, tests, content of emails and prompts, policies, which are held by a hash, and
   * texts in other languages.
   */
  private static final Pattern EXEMPT =
      Pattern.compile(
          "/(target|\\.git|\\.rekindle|node_modules|languages|prompts|scoring/policies|src/test)/"
              + "|/messages_(?!en)\\w+\\.properties");

  private static final Pattern JAVA_TOKEN =
      Pattern.compile(
          "/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\])+'",
          Pattern.DOTALL);
  private static final Pattern JAVA_JOINT =
      Pattern.compile("\\s*\\+\\s*([\\w.()\\s]+\\+\\s*)?", Pattern.DOTALL);
  private static final Pattern SENTENCE = Pattern.compile("(?:\\p{L}+[ ,]+){3}");
  private static final Pattern SQL_START =
      Pattern.compile("(?i)^\\s*(select|insert|update|delete|with|create|alter|merge|drop)\\b");
  private static final Pattern BLOCK_COMMENT = Pattern.compile("/\\*(.*?)\\*/", Pattern.DOTALL);
  private static final Pattern MARKUP_COMMENT =
      Pattern.compile("<(?:!|%)--(.*?)--%?>", Pattern.DOTALL);
  private static final Pattern JSON_PROSE =
      Pattern.compile("\"(?:description|summary|help|title)\"\\s*:\\s*\"((?:\\\\.|[^\"\\\\])*)\"");
  private static final Pattern YAML_PROSE =
      Pattern.compile("(\\s*(?:- )?)(?:description|summary|help|title):\\s*(.*)");

  private record Rule(String advice, Pattern pattern) {
    Rule(String advice, String regex) {
      this(advice, Pattern.compile(regex));
    }
  }

  /**
   * Something to rewrite.
   *
   * @param line from 1 on
   */
  record Finding(Path file, int line, String advice, String sentence) {
    @Override
    public String toString() {
      return file + ":" + line + ": " + advice + ": " + sentence;
    }
  }

  /** A piece of text that is read as a whole, such as a paragraph or a message. */
  private record Passage(int line, String text) {}

  private PlainEnglish() {}

  /** Prints the findings in the files and directories that are given. */
  public static void main(String[] arguments) {
    List<Finding> findings = new ArrayList<>();
    for (String argument : arguments) {
      files(Path.of(argument)).forEach(file -> findings.addAll(findings(file)));
    }
    findings.forEach(System.out::println);
    System.exit(findings.isEmpty() ? 0 : 1);
  }

  /** The files under a path that this class can read, in the order of their names. */
  static List<Path> files(Path path) {
    try (Stream<Path> all = Files.walk(path)) {
      return all.filter(file -> !EXEMPT.matcher(file.toString()).find())
          .filter(Files::isRegularFile)
          .filter(file -> Kind.of(file) != null)
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a file is read. */
  private enum Kind {
    MARKDOWN("\\.md", PlainEnglish::markdown),
    MESSAGES("messages\\w*\\.properties", PlainEnglish::messages),
    JAVA("\\.java", PlainEnglish::java),
    SQL("\\.sql", text -> comments(text, "--")),
    SCRIPT("\\.(js|css)", text -> comments(text, BLOCK_COMMENT, "//")),
    MARKUP("\\.(xml|html|jte)", text -> comments(text, MARKUP_COMMENT, null)),
    JSON("\\.json", PlainEnglish::json),
    YAML("\\.ya?ml", PlainEnglish::yaml),
    SHELL(
        "\\.(properties|conf|config|options|sh|py|example)|/(Dockerfile|rekindle|run)"
            + "|deploy/(docker|observability|operations)/[^.]*",
        text -> comments(text, "#"));

    private final Pattern name;

    @SuppressWarnings("ImmutableEnumChecker") // The functions have no state.
    private final Function<String, List<Passage>> passages;

    Kind(String name, Function<String, List<Passage>> passages) {
      this.name = Pattern.compile("(?:" + name + ")$");
      this.passages = passages;
    }

    /** Null for a file that is not read. */
    static Kind of(Path file) {
      return Arrays.stream(values())
          .filter(kind -> kind.name.matcher(file.toString()).find())
          .findFirst()
          .orElse(null);
    }
  }

  /** What is hard to read in a file of {@link #files}. */
  static List<Finding> findings(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Passage> passages = Kind.of(file).passages.apply(text);
    List<Finding> findings = new ArrayList<>();
    for (Passage passage : passages) {
      for (String sentence : sentences(passage.text())) {
        int words = words(sentence);
        if (words > MAX_WORDS) {
          findings.add(new Finding(file, passage.line(), words + " words", sentence));
        }
        for (Rule rule : RULES) {
          Matcher matcher = rule.pattern().matcher(sentence);
          if (matcher.find()) {
            findings.add(
                new Finding(
                    file, passage.line(), rule.advice().replace("$", matcher.group()), sentence));
          }
        }
      }
    }
    return findings;
  }

  /** A sentence ends at a full stop, a question mark, a colon before a new line, or a semicolon. */
  static List<String> sentences(String text) {
    List<String> sentences = new ArrayList<>();
    for (String sentence :
        text.split(
            "(?<=[.!?:;])\\s+(?=[\"'(`*\\[]*[\\p{Lu}\\d]|[`\"*\\[])|(?<=;)\\s+|(?<=:)\\s+", -1)) {
      if (!sentence.isBlank()) {
        sentences.add(sentence.strip());
      }
    }
    return sentences;
  }

  /** Words are runs of letters and digits with what joins them; a piece of code is one word. */
  static int words(String sentence) {
    String plain =
        sentence
            .replaceAll("`[^`]*`", " code ")
            .replaceAll("\\{@(?:code|link|linkplain) [^}]*}", " code ")
            .replaceAll("\\]\\([^)]*\\)", "]")
            .replaceAll("https?://\\S+", " address ");
    Matcher matcher = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}'’./_%-]*").matcher(plain);
    int words = 0;
    while (matcher.find()) {
      words++;
    }
    return words;
  }

  private static List<Passage> markdown(String text) {
    List<Passage> passages = new ArrayList<>();
    StringBuilder paragraph = new StringBuilder();
    int start = 1;
    boolean code = false;
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      boolean fence = line.strip().startsWith("```");
      if (fence || code || line.isBlank() || line.startsWith("#") || line.startsWith("<!--")) {
        add(passages, start, paragraph);
        start = i + 2;
        code ^= fence;
        continue;
      }
      if (line.startsWith("|")) {
        add(passages, start, paragraph);
        if (!line.matches("[|\\s:-]+")) {
          for (String cell : line.split("(?<!\\\\)\\|", -1)) {
            add(passages, i + 1, new StringBuilder(cell));
          }
        }
        start = i + 2;
        continue;
      }
      if (line.matches("\\s*([-*]|\\d+\\.) .*")) {
        add(passages, start, paragraph);
        start = i + 1;
        line = line.replaceFirst("\\s*([-*]|\\d+\\.) ", "");
      }
      paragraph.append(paragraph.isEmpty() ? "" : " ").append(line.strip());
    }
    add(passages, start, paragraph);
    return passages;
  }

  private static List<Passage> messages(String text) {
    List<Passage> passages = new ArrayList<>();
    StringBuilder value = new StringBuilder();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.startsWith("#")) {
        add(passages, i + 1, new StringBuilder(line.substring(1)));
        continue;
      }
      boolean more = line.endsWith("\\");
      String part = more ? line.substring(0, line.length() - 1) : line;
      value.append(value.isEmpty() ? part.replaceFirst("^[^=]*=", "") : part);
      if (!more) {
        add(passages, i + 1, value);
      }
    }
    return passages;
  }

  private static List<Passage> java(String text) {
    List<Passage> passages = new ArrayList<>(comments(text, "//"));
    Matcher token = JAVA_TOKEN.matcher(text);
    StringBuilder sentence = new StringBuilder();
    int end = 0;
    int start = 1;
    while (token.find()) {
      String found = token.group();
      if (found.startsWith("/*")) {
        addJavadoc(passages, line(text, token.start()), found);
      } else if (found.startsWith("\"") && !found.startsWith("\"\"\"")) {
        // "a " + b + " c" is read as one text.
        Matcher joint = JAVA_JOINT.matcher(text.substring(end, token.start()));
        if (sentence.isEmpty() || !joint.matches()) {
          addSentence(passages, start, sentence);
          start = line(text, token.start());
        } else if (joint.group(1) != null) {
          sentence.append(" x ");
        }
        sentence.append(found, 1, found.length() - 1);
        end = token.end();
      }
    }
    addSentence(passages, start, sentence);
    return passages;
  }

  /** A string is read if it has a few words and is no SQL. */
  private static void addSentence(List<Passage> passages, int line, StringBuilder text) {
    if (SENTENCE.matcher(text).find() && !SQL_START.matcher(text).find()) {
      add(passages, line, text);
    }
    text.setLength(0);
  }

  private static void addJavadoc(List<Passage> passages, int line, String comment) {
    // Formulas are no sentences.
    String plain =
        comment.replaceAll("^/\\*+|\\*/$|(?m)^\\s*\\*", "").replaceAll("(?s)<pre>.*?</pre>", "<p>");
    for (String part :
        plain.split(
            "</?(?:p|ul|ol|li|dl|dt|dd|h\\d|pre|table|tr|td|th)\\b[^>]*>|\\n\\s*@\\w+", -1)) {
      add(passages, line, new StringBuilder(part.replaceAll("\\s+", " ")));
    }
  }

  private static List<Passage> json(String text) {
    List<Passage> passages = new ArrayList<>();
    Matcher matcher = JSON_PROSE.matcher(text);
    while (matcher.find()) {
      String value = matcher.group(1).replace("\\\"", "\"").replace("\\n", "\n");
      for (String paragraph : value.split("\n", -1)) {
        add(passages, line(text, matcher.start()), new StringBuilder(paragraph));
      }
    }
    return passages;
  }

  private static List<Passage> yaml(String text) {
    List<Passage> passages = new ArrayList<>(comments(text, "#"));
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      Matcher key = YAML_PROSE.matcher(lines[i]);
      if (!key.matches()) {
        continue;
      }
      int start = i + 1;
      StringBuilder value = new StringBuilder(key.group(2).replaceFirst("^[|>][+-]?$", ""));
      while (i + 1 < lines.length
          && (lines[i + 1].isBlank() || indent(lines[i + 1]) > key.end(1))) {
        i++;
        if (lines[i].isBlank()) {
          add(passages, start, value);
          start = i + 2;
        } else {
          value.append(value.isEmpty() ? "" : " ").append(lines[i].strip());
        }
      }
      add(passages, start, value);
    }
    return passages;
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }

  private static List<Passage> comments(String text, Pattern block, String mark) {
    List<Passage> passages =
        mark == null ? new ArrayList<>() : new ArrayList<>(comments(text, mark));
    Matcher matcher = block.matcher(text);
    while (matcher.find()) {
      addJavadoc(passages, line(text, matcher.start()), matcher.group(1));
    }
    return passages;
  }

  /** Comments to the end of the line; those on adjoining lines of their own are one text. */
  private static List<Passage> comments(String text, String mark) {
    List<Passage> passages = new ArrayList<>();
    StringBuilder comment = new StringBuilder();
    int start = 1;
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.startsWith(mark)) {
        start = comment.isEmpty() ? i + 1 : start;
        comment.append(comment.isEmpty() ? "" : " ").append(line.substring(mark.length()).strip());
      } else {
        add(passages, start, comment);
        int trailing = line.lastIndexOf(" " + mark + " ");
        if (trailing >= 0) {
          add(passages, i + 1, new StringBuilder(line.substring(trailing + mark.length() + 2)));
        }
      }
    }
    add(passages, start, comment);
    return passages;
  }

  private static int line(String text, int offset) {
    return 1 + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
  }

  private static void add(List<Passage> passages, int line, StringBuilder text) {
    if (!text.toString().isBlank()) {
      passages.add(new Passage(line, text.toString().strip()));
    }
    text.setLength(0);
  }
}
