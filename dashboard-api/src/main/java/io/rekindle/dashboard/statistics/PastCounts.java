package io.rekindle.dashboard.statistics;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.rekindle.dashboard.background.NotYetComputedException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Counts that read the history or the orders of every client: past days, movements between two of
 * them, cohorts, and the months of orders. One thread counts them when they are asked for, one
 * after the other, and keeps each for some minutes: a person may be erased, or the past
 * reconstructed anew. Thread-safe.
 */
public final class PastCounts implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration KEPT = Duration.ofMinutes(5);
  private static final Duration COHORTS_RENEWED = Duration.ofMinutes(1);
  private static final Duration COHORTS_KEPT = Duration.ofHours(1);
  private static final int MAX_KEPT = 1_000;
  private static final int MAX_WAITING = 8;

  private final Jdbi jdbi;
  private final ThreadPoolExecutor worker =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MAX_WAITING),
          task -> {
            Thread thread = new Thread(task, "past-counts");
            thread.setDaemon(true);
            return thread;
          });
  private final AsyncCache<LocalDate, ShopDay> days =
      Caffeine.newBuilder().maximumSize(MAX_KEPT).expireAfterWrite(KEPT).buildAsync();

  private final AsyncCache<Days, Movement> movements =
      Caffeine.newBuilder().maximumSize(MAX_KEPT).expireAfterWrite(KEPT).buildAsync();

  /** A renewal leaves the last value to readers. */
  private final AsyncLoadingCache<Boolean, Cohorts> cohorts =
      Caffeine.newBuilder()
          .refreshAfterWrite(COHORTS_RENEWED)
          .expireAfterWrite(COHORTS_KEPT)
          .buildAsync((key, executor) -> count(CohortsQuery::compute));

  private final AsyncLoadingCache<Boolean, OrderMonths> orderMonths =
      Caffeine.newBuilder()
          .refreshAfterWrite(COHORTS_RENEWED)
          .expireAfterWrite(COHORTS_KEPT)
          .buildAsync((key, executor) -> count(OrderMonthsQuery::compute));

  /** The two days of a movement. */
  private record Days(LocalDate from, LocalDate to) {}

  /** Counts in a transaction. */
  private interface Count<T> {
    T compute(Handle handle);
  }

  /**
   * Creates the counts.
   *
   * @param jdbi gives connections on which a statement may take long
   */
  public PastCounts(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Returns the counts of a day; empty if no score of it is known. Waits up to 5 s.
   *
   * @throws NotYetComputedException if the count takes longer, or too many days are asked for
   */
  Optional<ShopDay> day(LocalDate day) {
    // Caffeine stores nothing for null.
    return Optional.ofNullable(await(() -> counted(day)));
  }

  /** The same without waiting: empty, too, until it is counted. */
  Optional<ShopDay> dayIfCounted(LocalDate day) {
    return ifCounted(() -> counted(day));
  }

  /**
   * Returns the movement between two days; empty if no score of one is known. Waits up to 5 s.
   *
   * @throws NotYetComputedException if the count takes longer, or too many days are asked for
   */
  Optional<Movement> movement(LocalDate from, LocalDate to) {
    return Optional.ofNullable(await(() -> counted(new Days(from, to))));
  }

  /** The same without waiting: empty, too, until it is counted. */
  Optional<Movement> movementIfCounted(LocalDate from, LocalDate to) {
    return ifCounted(() -> counted(new Days(from, to)));
  }

  private CompletableFuture<ShopDay> counted(LocalDate day) {
    return days.get(day, (missing, executor) -> count(handle -> count(handle, day)));
  }

  private CompletableFuture<Movement> counted(Days of) {
    return movements.get(of, (missing, executor) -> count(handle -> count(handle, of)));
  }

  /**
   * Returns the cohorts. Waits up to 5 s.
   *
   * @throws NotYetComputedException if the first count takes longer
   */
  Cohorts cohorts() {
    return await(() -> cohorts.get(true));
  }

  /**
   * Returns the months of orders. Waits up to 5 s.
   *
   * @throws NotYetComputedException if the first count takes longer
   */
  OrderMonths orderMonths() {
    return await(() -> orderMonths.get(true));
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }

  private static ShopDay count(Handle handle, LocalDate day) {
    KnownHistory known = KnownHistory.read(handle);
    return known.has(day) ? ShopDayQuery.compute(handle, day, known) : null;
  }

  private static Movement count(Handle handle, Days of) {
    KnownHistory known = KnownHistory.read(handle);
    return known.has(of.from()) && known.has(of.to())
        ? MovementQuery.compute(handle, of.from(), of.to(), known)
        : null;
  }

  private <T> CompletableFuture<T> count(Count<T> count) {
    return CompletableFuture.supplyAsync(() -> jdbi.inTransaction(count::compute), worker);
  }

  /** Empty if too much waits to be counted, too: the next reader asks again. */
  private static <T> Optional<T> ifCounted(Supplier<CompletableFuture<T>> counted) {
    try {
      CompletableFuture<T> future = counted.get();
      return future.isCompletedExceptionally()
          ? Optional.empty()
          : Optional.ofNullable(future.getNow(null));
    } catch (RejectedExecutionException e) {
      return Optional.empty();
    }
  }

  private static <T> T await(Supplier<CompletableFuture<T>> counted) {
    try {
      return counted.get().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw new NotYetComputedException("Too much is being counted. Try again.");
    } catch (TimeoutException e) {
      throw new NotYetComputedException("The past is being counted. Try again.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotYetComputedException("The dashboard is stopping.");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new CompletionException(e.getCause());
    }
  }
}
