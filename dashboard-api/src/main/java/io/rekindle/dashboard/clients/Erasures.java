package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.background.BackgroundLoop;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Erases people. The pipeline may still store results about an erased person. So an erasure is
 * repeated until nothing is left and the pipeline has passed the first round. It goes on after a
 * restart. Thread-safe.
 */
public final class Erasures implements AutoCloseable {

  private final Jdbi jdbi;
  private final BackgroundLoop loop =
      new BackgroundLoop("erasures", Duration.ofSeconds(2), this::round);

  public Erasures(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  public void start() {
    loop.start();
  }

  /** The first round; returns how many rows there were of the person. */
  static long begin(Handle handle, String userId, String requestedBy) {
    long rows = erase(handle, userId);
    if (rows > 0) {
      handle
          .createUpdate(
              """
              insert into dashboard.erasures (user_id, requested_by, erased_at)
              values (:id, :by, clock_timestamp())
              on conflict (user_id) do update set erased_at = excluded.erased_at
              """)
          .bind("id", userId)
          .bind("by", requestedBy)
          .execute();
    }
    return rows;
  }

  @Override
  public void close() {
    loop.close();
  }

  private boolean round() {
    List<String> users =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery("select user_id from dashboard.erasures limit 100")
                    .mapTo(String.class)
                    .list());
    for (String userId : users) {
      jdbi.useTransaction(handle -> again(handle, userId));
    }
    return true;
  }

  private static void again(Handle handle, String userId) {
    boolean passed =
        handle
            .createQuery(
                """
                select coalesce(scored_until > erased_at + interval '1 second', false)
                from dashboard.erasures left join engagement.scored_until on true
                where user_id = :id
                """)
            .bind("id", userId)
            .mapTo(Boolean.class)
            .findOne()
            .orElse(true);
    // A person who has come back to the shop since is not erased a second time.
    if (ShopUser.exists(handle, userId) || (erase(handle, userId) == 0 && passed)) {
      handle
          .createUpdate("delete from dashboard.erasures where user_id = :id")
          .bind("id", userId)
          .execute();
    }
  }

  private static long erase(Handle handle, String userId) {
    long rows =
        handle
            .createQuery("select engagement.erase_user(:id)")
            .bind("id", userId)
            .mapTo(Long.class)
            .one();
    handle
        .createQuery("select 1 from dashboard.forget_user(:id)")
        .bind("id", userId)
        .mapTo(Integer.class)
        .findOne();
    return rows;
  }
}
