package io.rekindle.local.importing;

import io.rekindle.local.csv.CsvFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the columns of a file by their names. Case, blanks, underscores, hyphens and an apostrophe
 * in front make no difference: {@code Order ID} is {@code order_id}.
 */
final class Columns {

  /** The position of a column that the file does not have. */
  static final int NONE = -1;

  private static final Pattern PASSED_OVER = Pattern.compile("[\\s_'\\u00A0-]");

  private final CsvFile file;
  private final Map<String, Integer> positions = new HashMap<>();
  private final Set<Integer> used = new HashSet<>();

  Columns(CsvFile file) {
    this.file = file;
    List<String> header = file.header();
    for (int i = 0; i < header.size(); i++) {
      positions.putIfAbsent(key(header.get(i)), i);
    }
  }

  private static String key(String name) {
    return PASSED_OVER.matcher(name).replaceAll("").toLowerCase(Locale.ROOT);
  }

  boolean has(String name) {
    return positions.containsKey(key(name));
  }

  /** The position of the first of these columns that the file has, else {@link #NONE}. */
  int find(List<String> names) {
    for (String name : names) {
      Integer position = positions.get(key(name));
      if (position != null) {
        file.requireOnce(file.header().get(position));
        used.add(position);
        return position;
      }
    }
    return NONE;
  }

  /**
   * As {@link #find}.
   *
   * @throws io.rekindle.local.terminal.Failure if the file has none of them
   */
  int require(List<String> names) {
    int position = find(names);
    if (position == NONE) {
      throw file.missing(String.join(" or ", names));
    }
    return position;
  }

  /** The names of columns that were never found. */
  Set<String> unused() {
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < file.header().size(); i++) {
      if (!used.contains(i) && !file.header().get(i).isEmpty()) {
        names.add(file.header().get(i));
      }
    }
    return names;
  }
}
