package io.rekindle.local.csv;

import io.rekindle.local.terminal.Failure;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a table of text row by row. The first line names the columns. The encoding is that of the
 * {@link InputFile}. The separator is found out: by a line {@code sep=;} above the header, or else
 * the one of comma, semicolon, tab and bar that divides the header into the most columns.
 */
public final class CsvFile implements Closeable {

  /**
   * One row of the file.
   *
   * @param line first line of the row; the first line of the file is 1
   * @param values the values of the row, unchanged; the row may be shorter or longer than the
   *     header
   * @param defect what keeps the row from being read, and the remedy; null if nothing does
   */
  public record Row(long line, List<String> values, String defect) {}

  private static final String SEPARATORS = ",;\t|";
  private static final int SAMPLE = 1 << 16;
  private static final Pattern NAMED_SEPARATOR =
      Pattern.compile("\"?sep=(.)\"?[,;\t|]*(\r\n|\n|\r)", Pattern.CASE_INSENSITIVE);

  /** A second byte order mark, and one whose bytes were read in another encoding. */
  private static final Pattern WRONG_MARK = Pattern.compile("^(\uFEFF|\u00EF\u00BB\u00BF)+");

  private static final Pattern BLANKS = Pattern.compile("[\\s\\u00A0]+");

  private final Path path;
  private final char separator;
  private final CsvReader rows;
  private final List<String> header;

  private CsvFile(Path path, char separator, CsvReader rows) {
    this.path = path;
    this.separator = separator;
    this.rows = rows;
    Row first = next();
    if (first == null) {
      throw new Failure(path + " is empty: its first line must name the columns");
    }
    if (first.defect() != null) {
      throw new Failure("%s: %s".formatted(path, first.defect()));
    }
    header = first.values().stream().map(CsvFile::columnName).toList();
    rows.expect(header.size());
  }

  private static String columnName(String name) {
    return BLANKS
        .matcher(WRONG_MARK.matcher(name).replaceFirst(""))
        .replaceAll(" ")
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws Failure if the file or its header cannot be read
   */
  public static CsvFile open(Path path) {
    return open(InputFile.of(path));
  }

  /**
   * Opens a file and reads its header. Closing it leaves the input open.
   *
   * @throws Failure if the file or its header cannot be read
   */
  public static CsvFile open(InputFile input) {
    Reader text = new BufferedReader(input.open(), SAMPLE);
    try {
      text.mark(SAMPLE);
      char[] chars = new char[SAMPLE];
      int length = 0;
      for (int read = 0; read >= 0 && length < SAMPLE; ) {
        read = text.read(chars, length, SAMPLE - length);
        length += Math.max(read, 0);
      }
      text.reset();
      String sample = new String(chars, 0, length);
      Matcher named = NAMED_SEPARATOR.matcher(sample);
      if (named.lookingAt()) {
        text.skip(named.end());
        char separator = named.group(1).charAt(0);
        return new CsvFile(input.path(), separator, new CsvReader(text, separator, 2));
      }
      char separator = separator(sample);
      return new CsvFile(input.path(), separator, new CsvReader(text, separator, 1));
    } catch (IOException e) {
      throw InputFile.unreadable(input.path(), e);
    }
  }

  /** Counts the separators of the first line with text, outside of quotes. */
  private static char separator(String sample) {
    int[] counts = new int[SEPARATORS.length()];
    boolean quoted = false;
    boolean blank = true;
    for (int i = 0; i < sample.length(); i++) {
      char c = sample.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '\n' || c == '\r')) {
        if (!blank) {
          break;
        }
      } else if (!quoted && SEPARATORS.indexOf(c) >= 0) {
        counts[SEPARATORS.indexOf(c)]++;
      }
      blank &= Character.isWhitespace(c);
    }
    int most = 0;
    for (int i = 1; i < counts.length; i++) {
      if (counts[i] > counts[most]) {
        most = i;
      }
    }
    return SEPARATORS.charAt(most);
  }

  /** Returns the character between values. */
  public char separator() {
    return separator;
  }

  /** Returns the names of the columns in lower case, in the file's order; some may be empty. */
  public List<String> header() {
    return header;
  }

  /**
   * Checks that the file has the required columns, each of them once.
   *
   * @throws Failure if a column is missing; the message names the missing columns
   */
  public void require(Set<String> columns) {
    Set<String> missing = new TreeSet<>(columns);
    header.forEach(missing::remove);
    if (!missing.isEmpty()) {
      throw missing(String.join(", ", missing));
    }
    columns.forEach(this::requireOnce);
  }

  /**
   * The failure that the file lacks columns.
   *
   * @param columns what is missing, in words
   */
  public Failure missing(String columns) {
    boolean oneCell =
        header.size() == 1 && SEPARATORS.chars().anyMatch(c -> header.get(0).indexOf(c) >= 0);
    return new Failure(
        oneCell
            ? "%s has each line in quotes as one value: export it again, or take the outer quotes away"
                .formatted(path)
            : "%s has no column %s; its first line names %s"
                .formatted(path, columns, String.join(", ", header)));
  }

  /**
   * Checks that no two columns have a name.
   *
   * @throws Failure if the name is there twice
   */
  public void requireOnce(String column) {
    if (Collections.frequency(header, column) > 1) {
      throw new Failure(path + " has two columns named '" + column + "': remove one");
    }
  }

  /** Returns the next row; null at the end of the file. */
  public Row next() {
    try {
      return rows.next();
    } catch (IOException e) {
      throw InputFile.unreadable(path, e);
    }
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
