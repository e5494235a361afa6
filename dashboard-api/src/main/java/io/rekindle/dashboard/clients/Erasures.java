package io.rekindle.dashboard.clients;

import io.rekindle.dashboard.background.BackgroundLoop;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Erases people. The pipeline may still store results about an erased person. So an erasure is
 * repeated until nothing is left, the pipeline has passed the last round that found something, and
 * every older request for an email has its row. It goes on after a restart. Thread-safe.
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
    // Erasing gives the decisions a pseudonym, so their episodes are read before.
    String[] requests = openRequests(handle, userId);
    long rows = erase(handle, userId);
    if (rows > 0) {
      handle
          .createUpdate(
              """
              insert into dashboard.erasures as known (user_id, requested_by, erased_at, requests)
              values (:id, :by, clock_timestamp(), :requests)
              on conflict (user_id) do update set
                erased_at = excluded.erased_at, requests = known.requests || excluded.requests
              """)
          .bind("id", userId)
          .bindArray("requests", String.class, (Object[]) requests)
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
                    .createQuery(
                        "select user_id from dashboard.erasures order by random() limit 100")
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
                  -- The topic keeps a request for so long.
                  and (erased_at < now() - interval '14 days' or not exists (
                    select from unnest(requests) as request
                    where not exists (
                      select from engagement.emails where episode_id = request)))
                from dashboard.erasures left join engagement.scored_until on true
                where user_id = :id
                """)
            .bind("id", userId)
            .mapTo(Boolean.class)
            .findOne()
            .orElse(true);
    // A person who has come back to the shop since is not erased a second time.
    if (ShopUser.exists(handle, userId) || (repeat(handle, userId) == 0 && passed)) {
      handle
          .createUpdate("delete from dashboard.erasures where user_id = :id")
          .bind("id", userId)
          .execute();
    }
  }

  private static long repeat(Handle handle, String userId) {
    String[] requests = openRequests(handle, userId);
    if (requests.length > 0) {
      handle
          .createUpdate(
              "update dashboard.erasures set requests = requests || :requests where user_id = :id")
          .bind("id", userId)
          .bindArray("requests", String.class, (Object[]) requests)
          .execute();
    }
    return erase(handle, userId);
  }

  /** The episodes of the person whose emails are decided on and not yet written. */
  private static String[] openRequests(Handle handle, String userId) {
    return handle
        .createQuery(
            """
            select d.episode_id from engagement.outreach_decisions d
            where d.user_id = :id and d.decision = 'EMAIL'
              and not exists (
                select from engagement.emails e where e.episode_id = d.episode_id)
            """)
        .bind("id", userId)
        .mapTo(String.class)
        .list()
        .toArray(String[]::new);
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
