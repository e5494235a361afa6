package io.rekindle.local.importing;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads names with semicolons, bars or commas between them. A name in quotes may contain those, and
 * doubled quotes. Arrays of JSON and Postgres are read as well, with backslashes in quoted names.
 */
final class CategoryList {

  private static final String SEPARATORS = ";|,";

  private CategoryList() {}

  static List<String> read(String text) {
    String list = text.strip();
    boolean array = isWithin(list, '[', ']') || isWithin(list, '{', '}');
    if (array) {
      list = list.substring(1, list.length() - 1);
    }
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    boolean wasQuoted = false;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      boolean more = i + 1 < list.length();
      if (quoted && array && c == '\\' && more) {
        name.append(list.charAt(++i));
      } else if (quoted && c == '"' && more && list.charAt(i + 1) == '"') {
        name.append(list.charAt(++i));
      } else if (c == '"' && (quoted || name.toString().isBlank())) {
        quoted = !quoted;
        wasQuoted = true;
        if (quoted) {
          name.setLength(0);
        }
      } else if (!quoted && SEPARATORS.indexOf(c) >= 0) {
        add(names, name, wasQuoted);
        wasQuoted = false;
      } else if (quoted || !wasQuoted || !Character.isWhitespace(c)) {
        name.append(c);
      }
    }
    add(names, name, wasQuoted);
    return names;
  }

  private static boolean isWithin(String text, char begin, char end) {
    return text.length() > 1 && text.charAt(0) == begin && text.charAt(text.length() - 1) == end;
  }

  private static void add(List<String> names, StringBuilder name, boolean quoted) {
    String text = quoted ? name.toString() : name.toString().strip();
    if (!text.isEmpty()) {
      names.add(text);
    }
    name.setLength(0);
  }
}
