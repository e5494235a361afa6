package io.rekindle.bench.torture;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.local.stack.StackStatus;
import io.rekindle.local.stack.StatusCollector;
import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.rest.RestClient;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What has to be true of a stack after all faults. */
final class Checks {

  private static final long SMALL_LAG_BYTES = 16 << 20;
  private static final Pattern MESSAGE_ID = Pattern.compile("(?mi)^Message-ID:\\s*(<[^>]+>)");

  /** Each row of history begins with what the row before ended with. */
  private static final String BROKEN_HISTORY =
      """
      select user_id from (
        select user_id, as_of, revision, previous_score, previous_band, previous_at_risk,
          lag(score) over each as score, lag(band) over each as band,
          lag(at_risk) over each as at_risk, row_number() over each as number
        from engagement.score_history
        window each as (partition by user_id order by as_of, revision)) as rows
      where number > 1 and previous_band is not null
        and (previous_score, previous_band, previous_at_risk)
          is distinct from (score, band, at_risk)
      """;

  /** The newest row of history is the stored score. */
  private static final String STALE_HISTORY =
      """
      select user_id from engagement.user_scores s join lateral (
        select score, band, segment, at_risk from engagement.score_history h
        where h.user_id = s.user_id order by as_of desc, revision desc limit 1) as h on true
      where (s.score, s.band, s.at_risk) is distinct from (h.score, h.band, h.at_risk)
      """;

  /** One email for each decision to write one, none for another. */
  private static final String WRONG_EMAILS =
      """
      select d.user_id from engagement.outreach_decisions d
      left join engagement.emails e using (episode_id)
      where d.user_id like '%1$s%%' and case d.decision
        when 'EMAIL' then e.email_id is null
          and d.user_id not in (select '%1$s' || n from generate_series(0, %2$d) n)
          and not exists (select from engagement.suppressions x where x.user_id = d.user_id)
        else e.email_id is not null end
      """
          .formatted(LoadPlan.USER, LoadPlan.LEAVERS - 1);

  private final TortureStack stack;
  private final int faults;
  private final List<String> failures = new ArrayList<>();

  /**
   * @param faults their number: each may have ended the sender between acceptance and commit
   */
  Checks(TortureStack stack, int faults) {
    this.stack = stack;
    this.faults = faults;
  }

  /** Waits for a healthy stack and checks it; returns a sentence for each thing that is wrong. */
  List<String> run() throws InterruptedException {
    check("time catches up", this::catchUp);
    check("every score, episode and decision is right", this::verify);
    check("history has no gap", () -> none(BROKEN_HISTORY, "have a gap in their history"));
    check("history ends with the score", () -> none(STALE_HISTORY, "end their history otherwise"));
    check("one email for each decision to email", this::emails);
    check("no email is lost or sent anew", this::messages);
    check("the slot is small again", this::slot);
    return failures;
  }

  private interface Check {
    void run() throws IOException, SQLException, InterruptedException;
  }

  private void check(String name, Check check) throws InterruptedException {
    String outcome = "ok";
    try {
      check.run();
    } catch (IOException | SQLException | Failure e) {
      outcome = e.getMessage();
      failures.add(name + ": " + outcome);
    }
    stack.log().say("check: %s: %s", name, outcome);
  }

  private void catchUp() throws InterruptedException, SQLException {
    Instant[] now = new Instant[1];
    stack.eventually("the database answers", () -> now[0] = databaseTime());
    stack.eventually(
        "a healthy stack",
        () -> {
          StackStatus status = new StatusCollector(stack.data(), stack.info()).collect();
          if (!status.healthy()) {
            throw new IOException(
                "status names %s, connector %s, job %s, %s"
                    .formatted(
                        StatusSampler.claim(status).troubled(),
                        status.connector().state(),
                        status.job().state(),
                        status.watermark().why()));
          }
          if (Instant.parse(status.watermark().scoredUntil()).isBefore(now[0])) {
            throw new IOException("scored until " + status.watermark().scoredUntil());
          }
        });
  }

  private Instant databaseTime() throws SQLException {
    String millis = stack.value("select (extract(epoch from clock_timestamp()) * 1000)::bigint");
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }

  private void verify() throws IOException, InterruptedException {
    int exitCode = stack.command("verify", "--timeout", Long.toString(stack.timeout().toSeconds()));
    if (exitCode != 0) {
      throw new IOException("`rekindle verify` ended with exit code " + exitCode);
    }
  }

  private void emails() throws InterruptedException {
    // The writing of the last ones takes a moment.
    stack.until("one email each", "select not exists (%s)".formatted(WRONG_EMAILS));
  }

  private void slot() throws InterruptedException {
    stack.until(
        "the slot is small again",
        "select active and pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) < "
            + SMALL_LAG_BYTES
            + " from pg_replication_slots where slot_name = 'rekindle'");
  }

  /**
   * Every sent email arrived, under one Message-ID. The mail catcher forgets at a restart of the
   * stack, so only what was sent since then is looked for.
   */
  private void messages() throws IOException, SQLException, InterruptedException {
    stack.execute("update engagement.outreach_settings set enabled = true");
    stack.until(
        "every email is sent or ended",
        "select not exists (select from engagement.emails where status = 'READY')");
    RestClient catcher = new RestClient(stack.info().mailUrl());
    int copies = 0;
    int sent = 0;
    try (Connection connection = stack.connect(stack.info().owner());
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select u.email, array_agg(e.message_id) as ids from engagement.emails e"
                    + " join shop.users u using (user_id) where e.status = 'SENT'"
                    + " and e.message_id is not null and e.sent_at > to_timestamp(%d / 1000.0) group by u.email"
                        .formatted(stack.catcherStartedAt()))) {
      while (row.next()) {
        Map<String, Integer> arrived = new HashMap<>();
        for (JsonNode message :
            catcher.get("/api/user/" + row.getString("email") + "/messages/INBOX")) {
          Matcher id = MESSAGE_ID.matcher(message.path("mimeMessage").asText());
          if (id.find()) {
            arrived.merge(id.group(1), 1, Integer::sum);
          }
        }
        Set<String> expected = new TreeSet<>(List.of((String[]) row.getArray("ids").getArray()));
        sent += expected.size();
        if (!arrived.keySet().containsAll(expected)) {
          throw new IOException("an email of " + row.getString("email") + " has not arrived");
        }
        copies += arrived.values().stream().mapToInt(count -> count - 1).sum();
      }
    }
    stack.log().say("  %d emails sent, %d copies of them", sent, copies);
    if (copies > faults) {
      throw new IOException(
          "%d copies of emails after %d faults that may cause one each".formatted(copies, faults));
    }
  }

  private void none(String query, String what) throws SQLException {
    String users =
        stack.value(
            "select string_agg(distinct user_id, ' ') from (select user_id from (%s) x limit 20) y"
                .formatted(query));
    if (users != null) {
      throw new SQLException(what + ": " + users);
    }
  }
}
