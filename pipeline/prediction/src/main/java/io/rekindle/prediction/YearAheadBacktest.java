package io.rekindle.prediction;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.rekindle.scoring.orders.UserFacts;
import io.rekindle.scoring.policy.SpendModel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What was expected of the year ahead at past instants, and what happened. A sample of the clients
 * decides it: those with the smallest digests of their ids.
 *
 * @param years by instant, ascending; only those whose 365 days are over
 * @param quartiles the claims about the next order: within the first, second and third quartile
 */
public record YearAheadBacktest(List<Year> years, List<Quartile> quartiles) {

  /** The least number of years, and of clients with a claim, to rely on. */
  private static final int MIN_YEARS = 3;

  private static final int MIN_CLIENTS = 200;
  private static final double MAX_YEAR_ERROR = 0.1;
  private static final double MAX_QUARTILE_ERROR = 0.05;

  /** Copies the lists. */
  public YearAheadBacktest {
    years = List.copyOf(years);
    quartiles = List.copyOf(quartiles);
  }

  /**
   * The 365 days after an instant.
   *
   * @param instant epoch milliseconds
   * @param expectedSpend in hundredths
   * @param spend in hundredths
   */
  public record Year(
      long instant,
      long clients,
      double expectedOrderDays,
      long orderDays,
      long expectedSpend,
      long spend) {

    /** Happened by expected spend; infinite or not a number if nothing was expected. */
    double spendRatio() {
      return (double) spend / expectedSpend;
    }
  }

  /**
   * The clients who were to order by an instant with a probability, and whose instant is over.
   *
   * @param probability a quarter, a half or three quarters
   * @param happened how many ordered by then
   */
  public record Quartile(double probability, long clients, long happened) {

    boolean holds() {
      return clients >= MIN_CLIENTS
          && Math.abs((double) happened / clients - probability) <= MAX_QUARTILE_ERROR;
    }
  }

  /** Whether the spend of a year can be told in money: all years were right to a tenth. */
  @JsonIgnore
  public boolean spendHolds() {
    return years.size() >= MIN_YEARS
        && years.stream().allMatch(year -> Math.abs(year.spendRatio() - 1) <= MAX_YEAR_ERROR);
  }

  /** The smallest ratio of happened to expected spend; call it only if {@link #spendHolds()}. */
  @JsonIgnore
  public double lowestSpendRatio() {
    return years.stream().mapToDouble(Year::spendRatio).min().orElseThrow();
  }

  /** The largest ratio of happened to expected spend; call it only if {@link #spendHolds()}. */
  @JsonIgnore
  public double highestSpendRatio() {
    return years.stream().mapToDouble(Year::spendRatio).max().orElseThrow();
  }

  /** Whether the window of the next order can be told: each quartile was right to a twentieth. */
  @JsonIgnore
  public boolean windowHolds() {
    return !quartiles.isEmpty() && quartiles.stream().allMatch(Quartile::holds);
  }

  /** Adds clients up. Mutable, for one thread. */
  static final class Sums {

    private static final double[] PROBABILITIES = {0.25, 0.5, 0.75};
    private static final long YEAR = ExpectedYear.DAYS * UserFacts.DAY;
    private static final double WEEK = 7.0 * UserFacts.DAY;
    private static final long PREFIXES = 1L << 32;
    private static final double MICRO = 1e6;

    private final List<Long> instants;
    private final List<BuyerModel> buyers;
    private final List<SpendModel> money;
    private final long knownUntil;
    private final long maxPrefix;
    private final long[] clients;
    // Whole numbers add up to the same in any sequence of clients.
    private final long[] expectedMicroDays;
    private final long[] orderDays;
    private final long[] expectedSpend;
    private final long[] spend;
    private final long[] claims = new long[PROBABILITIES.length];
    private final long[] kept = new long[PROBABILITIES.length];

    /**
     * @param fitted the fits at the instants
     * @param knownUntil the last instant up to which all orders are known
     */
    Sums(List<Long> instants, List<FittedPolicy> fitted, long knownUntil) {
      this.instants = instants;
      this.knownUntil = knownUntil;
      buyers = fitted.stream().map(FittedPolicy::teacher).toList();
      money = fitted.stream().map(FittedPolicy::spend).toList();
      int shop = fitted.get(fitted.size() - 1).clients();
      maxPrefix = (long) (PREFIXES * Math.min(1, (double) ShopSummary.MAX_SAMPLE / shop));
      clients = new long[instants.size()];
      expectedMicroDays = new long[instants.size()];
      orderDays = new long[instants.size()];
      expectedSpend = new long[instants.size()];
      spend = new long[instants.size()];
    }

    /** Whether the client is in the sample. */
    boolean samples(byte[] digest) {
      long prefix = Integer.toUnsignedLong(ByteBuffer.wrap(digest).getInt());
      return prefix < maxPrefix;
    }

    /** Adds a client at an instant, at which the sweep is. */
    void add(int i, ClientSweep sweep) {
      BuyingRecord buying = sweep.buying();
      long instant = instants.get(i);
      for (int quartile = 0; quartile < PROBABILITIES.length; quartile++) {
        double by = instant + WEEK * buyers.get(i).weeksUntil(buying, PROBABILITIES[quartile]);
        if (by <= knownUntil) {
          claims[quartile]++;
          kept[quartile] += sweep.nextOrderDayBegins() <= by ? 1 : 0;
        }
      }
      if (instant + YEAR <= knownUntil) {
        ExpectedYear year =
            ExpectedYear.of(buyers.get(i), money.get(i), buying, sweep.repeatSpend());
        clients[i]++;
        expectedMicroDays[i] += Math.round(year.orderDays() * MICRO);
        expectedSpend[i] += Math.round(year.spend());
        orderDays[i] += sweep.orderDaysUntil(instant + YEAR);
        spend[i] += sweep.spendUntil(instant + YEAR);
      }
    }

    YearAheadBacktest result() {
      List<Year> years = new ArrayList<>();
      for (int i = 0; i < clients.length; i++) {
        if (clients[i] > 0) {
          years.add(
              new Year(
                  instants.get(i),
                  clients[i],
                  expectedMicroDays[i] / MICRO,
                  orderDays[i],
                  expectedSpend[i],
                  spend[i]));
        }
      }
      List<Quartile> quartiles = new ArrayList<>();
      for (int quartile = 0; quartile < PROBABILITIES.length; quartile++) {
        quartiles.add(new Quartile(PROBABILITIES[quartile], claims[quartile], kept[quartile]));
      }
      return new YearAheadBacktest(years, quartiles);
    }
  }
}
