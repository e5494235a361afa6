package io.rekindle.dashboard.pipeline;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.replay.DeadLetterReplay;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Actor;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.Json;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.Scope;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.Cursor;
import io.rekindle.dashboard.web.list.ListPage;
import io.rekindle.dashboard.web.list.ListResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** What the pipeline does, what holds it, and the records that it could not read. */
public final class PipelineRoutes implements Routes {

  private static final String LIST = "dead-letters";
  private static final int SHOWN = 4_096;
  private static final int MAX_VALUE = 256 * 1024;

  private static final CsvFormat<DeadLetterItem> LETTERS_CSV =
      CsvFormat.of(LIST, DeadLetterItem.class);

  private final Jdbi jdbi;
  private final PipelineService pipeline;
  private final DeadLetterStore letters;

  /**
   * A record that the pipeline could not read.
   *
   * @param id topic-partition-offset of where it was read
   * @param timestamp of the original record
   * @param reason a code such as NOT_JSON
   * @param error a sentence that names the field and the fix
   * @param version of the software that refused it
   * @param key as text; null if it has none
   * @param value as text, its beginning if it is long; null if it is
   * @param valueBytes how long it is; null if it is null
   */
  public record DeadLetterItem(
      String id,
      String topic,
      int partition,
      long offset,
      Instant timestamp,
      String reason,
      String error,
      String version,
      String key,
      String value,
      Integer valueBytes) {}

  /** Where a dead letter's record is now, as topic-partition-offset. */
  record Replayed(String id, String replayedTo) {}

  /**
   * Creates the routes.
   *
   * @param letters null if Kafka is not to be asked
   */
  public PipelineRoutes(Jdbi jdbi, PipelineService pipeline, DeadLetterStore letters) {
    this.jdbi = jdbi;
    this.pipeline = pipeline;
    this.letters = letters;
  }

  @Override
  public void register(Router router) {
    router.get("/api/pipeline", Access.VIEWER.orKey(Scope.READ), ctx -> ctx.json(status()));
    router.get(
        "/api/dead-letters",
        Access.ADMIN,
        ctx -> ListResponse.answer(ctx, LETTERS_CSV, this::deadLetters, this::newest));
    router.get("/api/dead-letters/{id}", Access.ADMIN, this::one);
    router.post("/api/dead-letters/{id}/replay", Access.ADMIN, this::replay);
  }

  public PipelineStatus status() {
    return pipeline.read();
  }

  /**
   * Dead letters, the newest first.
   *
   * @param cursor null for the first page
   * @throws HttpProblem 503 if Kafka is not to be asked, or does not answer
   */
  public ListPage<DeadLetterItem> deadLetters(String cursor, int limit) {
    String[] after = Cursor.read(cursor, LIST, 1);
    List<DeadLetterItem> all = newest();
    int from = 0;
    if (after != null) {
      while (from < all.size() && !all.get(from).id().equals(after[0])) {
        from++;
      }
      from++;
    }
    List<DeadLetterItem> some =
        all.subList(Math.min(from, all.size()), Math.min(from + limit, all.size()));
    return new ListPage<>(
        some,
        from + limit < all.size() ? Cursor.write(LIST, some.get(some.size() - 1).id()) : null);
  }

  private List<DeadLetterItem> newest() {
    return store().newest(PipelineRoutes::letter);
  }

  private void one(Context ctx) {
    ctx.json(letter(find(ctx.pathParam("id"))));
  }

  private void replay(Context ctx) {
    String id = ctx.pathParam("id");
    JsonFields body = Json.object(ctx, 2 * MAX_VALUE);
    String value = body.text("value", MAX_VALUE);
    String key = body.text("key", 10_000);
    body.check();
    DeadLetter letter = DeadLetterReplay.repaired(find(id), bytes(key), bytes(value));
    String replayedTo = store().replay(letter);
    jdbi.useHandle(
        handle ->
            AuditLog.record(
                handle,
                Actor.of(ctx),
                "REPLAY",
                Subject.DEAD_LETTER,
                id,
                null,
                Map.of("replayedTo", replayedTo, "repaired", value != null || key != null)));
    ctx.status(HttpStatus.OK).json(new Replayed(id, replayedTo));
  }

  private DeadLetter find(String id) {
    return store()
        .find(id)
        .orElseThrow(() -> HttpProblem.notFound("No dead letter \"" + id + "\"."));
  }

  private DeadLetterStore store() {
    if (letters == null) {
      throw new HttpProblem(
          HttpStatus.SERVICE_UNAVAILABLE,
          "Dead letters are not shown here: REKINDLE_KAFKA_BOOTSTRAP_SERVERS is not set.");
    }
    return letters;
  }

  private static DeadLetterItem letter(DeadLetter letter) {
    return new DeadLetterItem(
        letter.id(),
        letter.topic(),
        letter.partition(),
        letter.offset(),
        Instant.ofEpochMilli(letter.timestamp()),
        letter.reason().name(),
        letter.error(),
        letter.version(),
        text(letter.key()),
        text(letter.value()),
        letter.value() == null ? null : letter.value().length);
  }

  /** Bytes from anywhere: what is no UTF-8 becomes the replacement character. */
  private static String text(byte[] bytes) {
    return bytes == null
        ? null
        : new String(bytes, 0, Math.min(bytes.length, SHOWN), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }
}
