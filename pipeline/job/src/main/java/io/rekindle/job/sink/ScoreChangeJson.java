package io.rekindle.job.sink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.rekindle.job.engagement.ScoreUpdate;
import io.rekindle.job.state.Episode;
import io.rekindle.job.state.PublishedScore;
import io.rekindle.scoring.Score;
import io.rekindle.scoring.factor.Factor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The record of a score change for other consumers. The key is {@code user_id}. The value is a JSON
 * object with the names of the columns of {@code engagement.score_history}, and times in ISO 8601
 * and UTC. For a user who left the shop it has {@code user_id}, {@code as_of}, {@code revision} and
 * {@code "removed": true}.
 *
 * <p>A change may come twice. A consumer that must not count it twice keeps the last (as_of,
 * revision).
 */
public final class ScoreChangeJson {

  private static final JsonFactory JSON = new JsonFactory();

  private ScoreChangeJson() {}

  public static ProducerRecord<byte[], byte[]> record(String topic, ScoreUpdate update) {
    byte[] key = update.userId().getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, null, update.asOf(), key, json(update));
  }

  static byte[] json(ScoreUpdate update) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      writeKey(update, json);
      if (!update.removed()) {
        writeScore(update, json);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Returns everything that the tables get of an update. */
  static byte[] row(ScoreUpdate update) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      writeKey(update, json);
      if (!update.removed()) {
        writeScore(update, json);
        Score score = update.score();
        json.writeNumberField("order_count", score.orderCount());
        write("average_order_value", score.averageOrderValue(), json);
        write("last_order_at", score.lastOrderAt(), json);
        json.writeNumberField("usual_gap_ms", score.usualGap());
        write("next_change_at", score.nextChange(), json);
        write("computed_score", update.computed().scoreDecimal(), json);
        write("last_contact_at", update.lastContactAt(), json);
      }
      Episode episode = update.episode();
      if (episode != null) {
        json.writeStringField("episode_id", update.episodeId());
        write("opened_at", episode.openedAt(), json);
        write("closed_at", episode.closedAt(), json);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void writeKey(ScoreUpdate update, JsonGenerator json) throws IOException {
    json.writeStringField("user_id", update.userId());
    json.writeStringField("as_of", Instant.ofEpochMilli(update.asOf()).toString());
    json.writeNumberField("revision", update.revision());
    if (update.removed()) {
      json.writeBooleanField("removed", true);
    }
  }

  private static void writeScore(ScoreUpdate update, JsonGenerator json) throws IOException {
    Score score = update.score();
    write("score", score.scoreDecimal(), json);
    json.writeStringField("band", score.band().name());
    json.writeStringField("segment", score.segment().name());
    json.writeBooleanField("at_risk", score.atRisk());
    if (score.atRiskSince() != Score.NEVER) {
      json.writeStringField("at_risk_since", Instant.ofEpochMilli(score.atRiskSince()).toString());
    }
    for (Factor factor : Factor.values()) {
      write(factor.column(), score.pointsDecimal(factor), json);
    }
    write("order_probability", score.orderProbability(), json);
    write("value_at_stake", score.valueAtStakeDecimal(), json);
    json.writeBooleanField("overridden", update.overridden());
    PublishedScore previous = update.previous();
    if (previous != null) {
      write("previous_score", previous.scoreDecimal(), json);
      json.writeStringField("previous_band", previous.band().name());
      json.writeBooleanField("previous_at_risk", previous.atRisk());
    }
    json.writeStringField("cause", update.cause().name());
    if (update.causeId() != null) {
      json.writeStringField("cause_id", update.causeId());
    }
    json.writeStringField("policy_version", update.policyVersion());
  }

  private static void write(String name, long instant, JsonGenerator json) throws IOException {
    if (instant != Score.NEVER) {
      json.writeStringField(name, Instant.ofEpochMilli(instant).toString());
    }
  }

  private static void write(String name, BigDecimal number, JsonGenerator json) throws IOException {
    if (number == null) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, number);
    }
  }
}
