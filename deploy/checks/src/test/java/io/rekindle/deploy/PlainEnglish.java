package io.rekindle.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Counts the words of each sentence and flags what is hard to read: a sentence of more than 30
 * words, and the patterns of the glossary's section on style.
 *
 * <p>Reads Markdown, message bundles, and comments of Java and SQL. It needs nothing but a JDK:
 * {@code java deploy/checks/src/test/java/io/rekindle/deploy/PlainEnglish.java FILE|DIRECTORY…}
 * prints each finding and ends with 1 if there is one.
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
      return all.filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("/target/"))
          .filter(
              file -> file.toString().matches(".*(\\.md|messages\\w*\\.properties|\\.java|\\.sql)"))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is hard to read in a file. */
  static List<Finding> findings(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String name = file.getFileName().toString();
    List<Passage> passages =
        name.endsWith(".md")
            ? markdown(text)
            : name.endsWith(".properties")
                ? messages(text)
                : name.endsWith(".sql") ? comments(text, "--") : javadoc(text);
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

  private static List<Passage> javadoc(String text) {
    List<Passage> passages = new ArrayList<>(comments(text, "//"));
    Matcher matcher = Pattern.compile("/\\*\\*?(.*?)\\*/", Pattern.DOTALL).matcher(text);
    while (matcher.find()) {
      int line =
          1 + (int) text.substring(0, matcher.start()).chars().filter(c -> c == '\n').count();
      String plain = matcher.group(1).replaceAll("(?m)^\\s*\\*", "");
      for (String part :
          plain.split(
              "</?(?:p|ul|ol|li|dl|dt|dd|h\\d|pre|table|tr|td|th)\\b[^>]*>|\\n\\s*@\\w+", -1)) {
        add(passages, line, new StringBuilder(part.replaceAll("\\s+", " ")));
      }
    }
    return passages;
  }

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
      }
    }
    add(passages, start, comment);
    return passages;
  }

  private static void add(List<Passage> passages, int line, StringBuilder text) {
    if (!text.toString().isBlank()) {
      passages.add(new Passage(line, text.toString().strip()));
    }
    text.setLength(0);
  }
}
