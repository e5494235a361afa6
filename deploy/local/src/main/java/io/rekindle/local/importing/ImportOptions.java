package io.rekindle.local.importing;

import java.time.Duration;
import java.time.ZoneId;

/**
 * How files are read.
 *
 * @param source the program that has written them
 * @param zone the zone of times that name none
 * @param zoneGiven whether a person has named the zone
 * @param dates how days with slashes are read; null if the file must not have any
 * @param currency the currency of files that name none; null for the table's default
 * @param shift the span by which all times are moved
 * @param dryRun whether nothing is written
 */
public record ImportOptions(
    Source source,
    ZoneId zone,
    boolean zoneGiven,
    DateOrder dates,
    String currency,
    Duration shift,
    boolean dryRun) {

  /** The order of the numbers in a day such as 03/04/2026. */
  public enum DateOrder {
    DAY_FIRST,
    MONTH_FIRST;

    @Override
    public String toString() {
      return this == DAY_FIRST ? "day-first" : "month-first";
    }
  }

  /** Finds everything out, and reads times without a zone as UTC. */
  public static final ImportOptions DEFAULT =
      new ImportOptions(Source.AUTO, ZoneId.of("UTC"), false, null, null, Duration.ZERO, false);

  /** The same with another source. */
  public ImportOptions from(Source other) {
    return new ImportOptions(other, zone, zoneGiven, dates, currency, shift, dryRun);
  }

  /** The same with another zone, which a person has named. */
  public ImportOptions in(ZoneId other) {
    return new ImportOptions(source, other, true, dates, currency, shift, dryRun);
  }

  /** The same with all times moved. */
  public ImportOptions shifted(Duration span) {
    return new ImportOptions(source, zone, zoneGiven, dates, currency, span, dryRun);
  }

  /** The same without writing. */
  public ImportOptions preview() {
    return new ImportOptions(source, zone, zoneGiven, dates, currency, shift, true);
  }
}
