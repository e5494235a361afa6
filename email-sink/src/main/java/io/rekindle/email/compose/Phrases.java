package io.rekindle.email.compose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Finds any of many phrases in a text, whole words whatever their case. A phrase whose last word
 * ends in a star also stands for words that go on. Takes time by the length of the text, not by the
 * number of phrases, which a regular expression of them would.
 */
public final class Phrases {

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}'’]+");
  private static final Pattern GAP = Pattern.compile("[\\s\\p{Z}\\p{Pd}]+");
  private static final int MIN_STEM = 3;

  private final Set<String> stems = new HashSet<>();
  private final Map<String, List<Phrase>> byFirstWord = new HashMap<>();

  public Phrases(List<String> phrases) {
    for (String phrase : phrases) {
      List<String> words = words(phrase).stream().map(Phrases::normal).toList();
      boolean open = phrase.endsWith("*");
      if (open && words.size() == 1) {
        stems.add(words.get(0));
      } else {
        byFirstWord
            .computeIfAbsent(words.get(0), first -> new ArrayList<>())
            .add(new Phrase(words, open));
      }
    }
    if (stems.stream().anyMatch(stem -> stem.length() < MIN_STEM)) {
      throw new IllegalArgumentException("a stem is shorter than " + MIN_STEM);
    }
  }

  private record Phrase(List<String> words, boolean open) {}

  public boolean occurIn(String text) {
    return !find(text).isEmpty();
  }

  /** The phrases found, as they stand in the text. */
  public List<String> find(String text) {
    List<MatchResult> words = WORD.matcher(text).results().toList();
    List<String> found = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = normal(words.get(i).group());
      if (isStemmed(word)) {
        found.add(words.get(i).group());
      }
      for (Phrase phrase : byFirstWord.getOrDefault(word, List.of())) {
        if (standsAt(phrase, words, i, text)) {
          int end = words.get(i + phrase.words().size() - 1).end();
          found.add(text.substring(words.get(i).start(), end));
        }
      }
    }
    return found;
  }

  private boolean isStemmed(String word) {
    for (int length = MIN_STEM; length <= word.length(); length++) {
      if (stems.contains(word.substring(0, length))) {
        return true;
      }
    }
    return false;
  }

  private static boolean standsAt(Phrase phrase, List<MatchResult> words, int at, String text) {
    int last = phrase.words().size() - 1;
    if (at + last >= words.size()) {
      return false;
    }
    for (int i = 1; i <= last; i++) {
      String word = normal(words.get(at + i).group());
      String expected = phrase.words().get(i);
      boolean fits =
          (i == last && phrase.open()) ? word.startsWith(expected) : word.equals(expected);
      String gap = text.substring(words.get(at + i - 1).end(), words.get(at + i).start());
      if (!fits || !GAP.matcher(gap).matches()) {
        return false;
      }
    }
    return true;
  }

  private static List<String> words(String text) {
    return WORD.matcher(text).results().map(MatchResult::group).toList();
  }

  private static String normal(String word) {
    return word.toLowerCase(Locale.ROOT).replace('’', '\'');
  }
}
