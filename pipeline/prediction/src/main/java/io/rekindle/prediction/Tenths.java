package io.rekindle.prediction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The borders between the tenths of a shop's clients by some number.
 *
 * @param borders nine, ascending: the smallest numbers of the ninth tenth, the eighth, up to the
 *     first
 */
public record Tenths(List<Double> borders) {

  private static final int TENTHS = 10;

  /** Makes the list unmodifiable. */
  public Tenths {
    borders = Collections.unmodifiableList(borders);
  }

  /**
   * The borders between these numbers.
   *
   * @param numbers at least one, in any sequence
   */
  static Tenths of(double[] numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    List<Double> borders = new ArrayList<>();
    for (int tenth = 1; tenth < TENTHS; tenth++) {
      borders.add(sorted[(int) ((long) sorted.length * tenth / TENTHS)]);
    }
    return new Tenths(borders);
  }

  /** The tenth of a number: 1 for the largest, 10 for the smallest. */
  public int of(double number) {
    int above = 0;
    while (above < borders.size() && number >= borders.get(above)) {
      above++;
    }
    return TENTHS - above;
  }
}
