package io.rekindle.dashboard.web;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.database.TextRules;
import io.rekindle.dashboard.database.Work;
import io.rekindle.dashboard.json.Json;
import io.rekindle.platform.text.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Lets a program repeat a request without a second effect, by a key in the header {@link #HEADER}.
 * A key that was used in the last day gets the first answer again. The answer is stored in the
 * transaction of the work, so neither exists without the other. Thread-safe.
 */
public final class Idempotency {

  public static final String HEADER = "Idempotency-Key";

  /** Longer than any request takes: an older claim without an answer is left from a crash. */
  private static final String ABANDONED = "interval '1 minute'";

  private final Jdbi jdbi;

  /**
   * The answer to a request.
   *
   * @param body any object with a JSON form
   * @param userIds the clients whose data is in it
   */
  public record Answer(HttpStatus status, Object body, List<String> userIds) {}

  public Idempotency(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Does the work in a transaction and answers, or answers as it did before.
   *
   * @param body of the request
   * @param answerOf answers what the work returned, or throws a problem, which undoes the work
   * @throws HttpProblem 422 if the key was used for another request, 409 if that is still being
   *     done
   * @return the body of the earlier answer; empty if this request did the work
   */
  public <T> Optional<JsonNode> answer(
      Context ctx, byte[] body, Work<T> work, Function<? super T, Answer> answerOf) {
    String key = ctx.header(HEADER);
    if (key == null) {
      Answer answer = jdbi.inTransaction(handle -> answerOf.apply(work.in(handle)));
      ctx.status(answer.status()).json(answer.body());
      return Optional.empty();
    }
    String mistake = key.isBlank() ? "is empty." : TextRules.mistake(key, 200);
    if (mistake != null) {
      throw HttpProblem.invalid(HEADER, mistake);
    }
    String principal = Requests.principal(ctx).id();
    byte[] hash = hash(ctx, body);
    Optional<Stored> earlier = claim(principal, key, hash);
    if (earlier.isPresent()) {
      Stored stored = earlier.get();
      if (!stored.sameRequest()) {
        throw new HttpProblem(
            HttpStatus.UNPROCESSABLE_CONTENT, HEADER + ": was used for another request.");
      }
      if (stored.status() == null) {
        throw HttpProblem.conflict(HEADER + ": the same request is still being done.");
      }
      ctx.header("Idempotent-Replay", "true").status(stored.status()).json(stored.body());
      return Optional.of(stored.body());
    }
    Answer answer;
    try {
      answer =
          jdbi.inTransaction(
              handle -> {
                Answer made = answerOf.apply(work.in(handle));
                store(handle, principal, key, made);
                return made;
              });
    } catch (RuntimeException e) {
      // Nothing was done, so the principal may try again, with another body, too.
      release(principal, key);
      throw e;
    }
    ctx.status(answer.status()).json(answer.body());
    return Optional.empty();
  }

  private record Stored(boolean sameRequest, Integer status, JsonNode body) {}

  /** Empty if the key is now this request's. */
  private Optional<Stored> claim(String principal, String key, byte[] hash) {
    return jdbi.inTransaction(
        handle -> {
          handle.execute(
              "delete from dashboard.idempotency_keys where started_at < now() - interval '1 day'");
          int claimed =
              handle
                  .createUpdate(
                      """
                      insert into dashboard.idempotency_keys as k (principal, key, request_hash)
                      values (:principal, :key, :hash)
                      on conflict (principal, key) do update
                        set started_at = now(), request_hash = excluded.request_hash
                        where k.status is null and k.started_at < now() -
                      """
                          + ABANDONED)
                  .bind("principal", principal)
                  .bind("key", key)
                  .bind("hash", hash)
                  .execute();
          if (claimed == 1) {
            return Optional.empty();
          }
          return handle
              .createQuery(
                  """
                  select request_hash = :hash as same_request, status, body
                  from dashboard.idempotency_keys
                  where principal = :principal and key = :key
                  """)
              .bind("principal", principal)
              .bind("key", key)
              .bind("hash", hash)
              .mapTo(Stored.class)
              .findOne();
        });
  }

  private static void store(Handle handle, String principal, String key, Answer answer) {
    handle
        .createUpdate(
            """
            update dashboard.idempotency_keys
            set status = :status, body = cast(:body as jsonb), user_ids = :users
            where principal = :principal and key = :key
            """)
        .bind("principal", principal)
        .bind("key", key)
        .bind("status", answer.status().getCode())
        .bind("body", Json.write(answer.body()))
        .bindArray("users", String.class, answer.userIds())
        .execute();
  }

  private void release(String principal, String key) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate(
                    """
                    delete from dashboard.idempotency_keys
                    where principal = :principal and key = :key and status is null
                    """)
                .bind("principal", principal)
                .bind("key", key)
                .execute());
  }

  private static byte[] hash(Context ctx, byte[] body) {
    String request = ctx.method() + " " + ctx.path() + "\n";
    return Digest.of(request.getBytes(StandardCharsets.UTF_8), body);
  }
}
