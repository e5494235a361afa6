package io.rekindle.dashboard.audiences;

import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.clients.ClientFilter;
import io.rekindle.dashboard.clients.ClientService;
import io.rekindle.dashboard.web.QueryParameters;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes about once a minute who is in each audience. The members, and the rows about those who
 * entered or left, change in one transaction. Of several dashboards one at a time works on an
 * audience. Thread-safe.
 */
public final class AudienceLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AudienceLoop.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration PERIOD = Duration.ofMinutes(1);

  /** Computing takes at most a tenth of the time. */
  private static final int REST = 9;

  private static final String LEAST_RECENT =
      """
      select * from engagement.audiences
      where computed_at is null or computed_at <= now() - :period * interval '1 second'
      order by computed_at nulls first limit 1 for update skip locked
      """;

  private static final String UPDATE =
      """
      with run as materialized (
        select nextval('engagement.audience_evaluations') as evaluation),
      matching as materialized (%s),
      entered as (
        insert into engagement.audience_members (audience, user_id, entered_at)
        select :audience, m.user_id, now() from matching m
        where not exists (
          select from engagement.audience_members x
          where x.audience = :audience and x.user_id = m.user_id)
        returning user_id),
      gone as (
        delete from engagement.audience_members x
        where x.audience = :audience
          and not exists (select from matching m where m.user_id = x.user_id)
        returning user_id),
      noted as (
        insert into engagement.audience_changes (audience, user_id, change, evaluation)
        select :audience, user_id, 'ENTERED', evaluation from entered, run
        union all
        select :audience, user_id, 'LEFT', evaluation from gone, run),
      day as (
        insert into engagement.audience_days (audience, day, evaluated_at, members)
        select :audience, (now() at time zone 'UTC')::date, now(), count(*) from matching
        on conflict (audience, day) do update
          set evaluated_at = excluded.evaluated_at, members = excluded.members)
      update engagement.audiences
      set members = (select count(*) from matching), computed_at = now()
      where audience = :audience
      """;

  private final Jdbi jdbi;
  private final BackgroundLoop loop;

  /**
   * Creates the loop, which begins with {@link #start()}.
   *
   * @param jdbi gives connections on which a statement may take long
   */
  public AudienceLoop(Jdbi jdbi) {
    this.jdbi = jdbi;
    this.loop = new BackgroundLoop("audiences", PAUSE, this::round);
  }

  public void start() {
    loop.start();
  }

  @Override
  public void close() {
    loop.close();
  }

  private boolean round() throws InterruptedException {
    long started = System.nanoTime();
    while (jdbi.inTransaction(AudienceLoop::updateNext)) {
      long worked = System.nanoTime() - started;
      Thread.sleep(Duration.ofNanos(worked * REST).toMillis());
      started = System.nanoTime();
    }
    jdbi.useHandle(
        handle -> {
          handle.execute(
              "delete from engagement.audience_changes"
                  + " where changed_at < now() - interval '90 days'");
          handle.execute(
              "delete from engagement.audience_days"
                  + " where day < ((now() - interval '90 days') at time zone 'UTC')::date");
        });
    return true;
  }

  /**
   * Updates the audience that waits the longest, in the transaction of the handle; false if none is
   * due.
   */
  static boolean updateNext(Handle handle) {
    Optional<Audience> due =
        handle
            .createQuery(LEAST_RECENT)
            .bind("period", PERIOD.toSeconds())
            .mapTo(Audience.class)
            .findOne();
    due.ifPresent(audience -> update(handle, audience));
    return due.isPresent();
  }

  /**
   * Stores who is in an audience; to be called in a transaction that has locked the audience's row.
   */
  private static void update(Handle handle, Audience audience) {
    QueryParameters query = QueryParameters.of(audience.parameters());
    ClientFilter filter = ClientFilter.read(query);
    if (!query.mistakes().isEmpty()) {
      // A filter of another version of the dashboard: its members stay as they are.
      LOG.warn("Audience {} is not computed: {}", audience.audience(), query.mistakes());
      handle.execute(
          "update engagement.audiences set computed_at = now() where audience = ?",
          audience.audience());
      return;
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    String matching = ClientService.members(filter, parameters);
    parameters.put("audience", audience.audience());
    handle.createUpdate(UPDATE.formatted(matching)).bindMap(parameters).execute();
  }
}
