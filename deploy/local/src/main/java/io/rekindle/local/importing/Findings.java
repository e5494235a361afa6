package io.rekindle.local.importing;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the rows of a file have shown. It counts, and keeps a few examples, so its size does not
 * grow with the file.
 */
public final class Findings {

  /** The number of sample rows. */
  static final int SAMPLES = 10;

  private static final int MAX_KINDS = 50;

  /** A spreadsheet keeps so many digits of a number, and makes the others zeros. */
  private static final int MAX_SPREADSHEET_DIGITS = 15;

  private static final String OTHERS = "others";

  /**
   * Rows with the same reason.
   *
   * @param rows their number
   * @param line the line of the first of them
   */
  public record Kind(long rows, long line) {

    Kind plus(long more) {
      return new Kind(rows + more, line);
    }
  }

  private final Map<String, Kind> rejections = new TreeMap<>();
  private final Map<String, Kind> leftOut = new TreeMap<>();
  private final Map<String, Kind> unknownStatuses = new TreeMap<>();
  private final Map<String, Kind> currencies = new TreeMap<>();
  private final List<Object> samples = new ArrayList<>(SAMPLES);
  private Instant earliest;
  private Instant latest;
  private long zonelessTimes;
  private long decimalsOfOthers;
  private long roundedAmounts;
  private BigDecimal rounding = BigDecimal.ZERO;
  private long longIds;
  private long longIdsEndingInZeros;
  private long idsEndingInPointZero;

  void rejected(String kind, long line, long rows) {
    count(rejections, kind, line, rows);
  }

  void leftOut(String reason, long line) {
    count(leftOut, reason, line, 1);
  }

  void unknownStatus(String status, long line) {
    count(unknownStatuses, status, line, 1);
  }

  void currency(String code, long line) {
    count(currencies, code, line, 1);
  }

  /** Notes an accepted row and its time, which may be null. */
  void accepted(Object row, Instant time) {
    if (samples.size() < SAMPLES) {
      samples.add(row);
    }
    if (time != null) {
      earliest = earliest == null || time.isBefore(earliest) ? time : earliest;
      latest = latest == null || time.isAfter(latest) ? time : latest;
    }
  }

  void zonelessTime() {
    zonelessTimes++;
  }

  void decimalsOfOthers() {
    decimalsOfOthers++;
  }

  void roundedAmount(BigDecimal difference) {
    roundedAmounts++;
    rounding = rounding.add(difference);
  }

  /** Notes an id that a spreadsheet may have changed. */
  void id(String id) {
    int length = id.length();
    if (length > 2 && id.endsWith(".0") && isDigits(id, 0, length - 2)) {
      idsEndingInPointZero++;
    } else if (length > MAX_SPREADSHEET_DIGITS && isDigits(id, 0, length)) {
      longIds++;
      if (isZeros(id, MAX_SPREADSHEET_DIGITS)) {
        longIdsEndingInZeros++;
      }
    }
  }

  private static boolean isDigits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static boolean isZeros(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }

  private static void count(Map<String, Kind> kinds, String kind, long line, long rows) {
    String counted = kinds.size() < MAX_KINDS || kinds.containsKey(kind) ? kind : OTHERS;
    Kind before = kinds.get(counted);
    kinds.put(counted, before == null ? new Kind(rows, line) : before.plus(rows));
  }

  /** Rejected rows by reason, without the values. */
  public Map<String, Kind> rejections() {
    return rejections;
  }

  /** Rows that are no row of the table, by reason. */
  public Map<String, Kind> leftOut() {
    return leftOut;
  }

  /** Statuses that no preset knows. */
  public Map<String, Kind> unknownStatuses() {
    return unknownStatuses;
  }

  /** Accepted orders by currency. */
  public Map<String, Kind> currencies() {
    return currencies;
  }

  /** The first accepted rows. */
  public List<Object> samples() {
    return samples;
  }

  /** The earliest time of an accepted row; null if there is none. */
  public Instant earliest() {
    return earliest;
  }

  /** The latest time of an accepted row; null if there is none. */
  public Instant latest() {
    return latest;
  }

  /** Times without a zone. */
  public long zonelessTimes() {
    return zonelessTimes;
  }

  /** Amounts with decimals in a currency that has none, such as yen. */
  public long amountsWithDecimalsOfOthers() {
    return decimalsOfOthers;
  }

  /** Amounts that were rounded to two decimals. */
  public long roundedAmounts() {
    return roundedAmounts;
  }

  /** The sum of what rounding has added. */
  public BigDecimal rounding() {
    return rounding;
  }

  /** Ids whose end a spreadsheet seems to have made zeros; 0 if they are no more than by chance. */
  public long idsEndingInZeros() {
    return longIdsEndingInZeros * 2 > longIds ? longIdsEndingInZeros : 0;
  }

  /** Ids that end in {@code .0}, as those that a program has read as numbers. */
  public long idsEndingInPointZero() {
    return idsEndingInPointZero;
  }
}
