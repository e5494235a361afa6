package io.rekindle.dashboard.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ChoiceFormat;
import java.text.Format;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds messages_de.properties to messages.properties. A finding begins with its key: CONTRIBUTING
 * says how to mend it.
 */
class GermanMessagesTest {

  private static final Path FOLDER = Path.of("src/main/resources/io/rekindle/dashboard");

  private static final Map<String, String> ENGLISH = texts("messages.properties");
  private static final Map<String, String> GERMAN = texts("messages_de.properties");

  /** Texts that are the same in both languages: names, codes, and words of the field. */
  private static final Pattern SAME_WORDS =
      Pattern.compile(
          "(?:[\\p{P}\\p{S}\\d\\s]|\\{\\d}|API|Admin|Analyst|Brier|CSV|Champion|Connector|Dashboard"
              + "|Deutsch|English|Experiment|JSON|Job|Name|Offset|Österreich|Partition|Pipeline|Prompt"
              + "|Schweiz|Score|Scores|Segment|Status|Topic|Uplift|Version|s|Deutschland|United"
              + "|Kingdom|States)*");

  /** The words of the field, by the glossary: where the English text has one, so has the German. */
  private static final Map<String, String> FIELD_WORDS =
      Map.of(
          "\\bholdout\\b|\\bheld out\\b", "Vergleichsgruppe",
          "\\bsuppress(?:ed|ion)\\b", "[Gg]esperrt|[Ss]perre",
          "\\bconsent", "[Ee]inwillig|[Ww]illigte|eingewilligt",
          "\\bAPI keys?\\b", "API-Schlüssel",
          "\\bpolic(?:y|ies)\\b", "Regelwerk|Dokument",
          "\\bdead letters?\\b", "[Uu]nlesbare",
          "\\bat-risk events?\\b", "Risikoereignis",
          "\\bsegments?\\b", "Segment",
          "\\baudit log\\b", "Änderungsprotokoll",
          "\\bbacktests?\\b", "Backtest");

  @Test
  void shouldHaveEachText() {
    assertThat(difference(ENGLISH.keySet(), GERMAN.keySet()))
        .as("keys of messages.properties that messages_de.properties lacks")
        .isEmpty();
    assertThat(difference(GERMAN.keySet(), ENGLISH.keySet()))
        .as("keys of messages_de.properties that messages.properties does not have")
        .isEmpty();
  }

  @Test
  void shouldHaveEachTextOnce() throws IOException {
    for (String file : List.of("messages.properties", "messages_de.properties")) {
      List<String> keys =
          Files.readAllLines(FOLDER.resolve(file)).stream()
              .filter(line -> line.matches("[^#].*=.*"))
              .map(line -> line.substring(0, line.indexOf('=')))
              .toList();
      assertThat(keys).as(file).doesNotHaveDuplicates();
    }
  }

  @Test
  void shouldTakeTheSameArguments() {
    findings(
        (key, english, german) ->
            placeholders(english).equals(placeholders(german))
                ? null
                : "takes " + placeholders(german) + " instead of " + placeholders(english));
  }

  @Test
  void shouldHaveAFormForEachNumber() {
    findings(
        (key, english, german) -> {
          for (Format format :
              new MessageFormat(german, Locale.GERMANY).getFormatsByArgumentIndex()) {
            if (format instanceof ChoiceFormat choice && choice.format(7).isBlank()) {
              return "says nothing of 7";
            }
          }
          return choices(english) == choices(german) ? null : "has no forms by number";
        });
  }

  @Test
  void shouldBeTranslated() {
    findings(
        (key, english, german) ->
            english.equals(german)
                    && !key.startsWith("locale.")
                    && !key.startsWith("format.")
                    && !SAME_WORDS.matcher(german).matches()
                ? "is the English text: " + german
                : null);
  }

  @Test
  void shouldUseTheWordsOfTheGlossary() {
    for (Map.Entry<String, String> word : FIELD_WORDS.entrySet()) {
      Pattern english = Pattern.compile(word.getKey(), Pattern.CASE_INSENSITIVE);
      Pattern german = Pattern.compile(word.getValue());
      findings(
          (key, text, translated) ->
              english.matcher(text).find() && !german.matcher(translated).find()
                  ? "does not say " + word.getValue() + ": " + translated
                  : null);
    }
  }

  @Test
  void shouldKeepToGermanTypography() {
    findings(
        (key, english, german) -> {
          if (german.matches(".*[\"'“”].*")
              && !german.matches("[^\"'“”]*(?:„[^„“”\"']*“[^\"'“”]*)+")) {
            return "has quotation marks other than „ and “";
          }
          if (german.matches(".*[\\d}] ?%.*")) {
            return "lacks the no-break space before %: write \\u00a0";
          }
          return german.matches(".*\\b(?:du|dein|deine|dir|dich)\\b.*")
              ? "says du instead of Sie"
              : null;
        });
  }

  private interface Check {
    /** Null if there is nothing to find. */
    String finding(String key, String english, String german);
  }

  private static void findings(Check check) {
    List<String> findings = new ArrayList<>();
    GERMAN.forEach(
        (key, german) -> {
          String english = ENGLISH.get(key);
          String finding = english == null ? null : check.finding(key, english, german);
          if (finding != null) {
            findings.add(key + " " + finding);
          }
        });
    assertThat(findings).isEmpty();
  }

  private static Set<String> difference(Set<String> of, Set<String> without) {
    Set<String> difference = new TreeSet<>(of);
    difference.removeAll(without);
    return difference;
  }

  private static Set<String> placeholders(String text) {
    return new TreeSet<>(
        Pattern.compile("\\{(\\d)").matcher(text).results().map(MatchResult::group).toList());
  }

  private static long choices(String text) {
    return Pattern.compile(",choice,").matcher(text).results().count();
  }

  private static Map<String, String> texts(String file) {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(FOLDER.resolve(file))) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> texts = new TreeMap<>();
    properties.forEach((key, text) -> texts.put((String) key, (String) text));
    return texts;
  }
}
