package io.rekindle.job.outreach;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.rekindle.platform.text.Instants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The JSON form of a decision in the topic of requests. */
public final class DecisionJson {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addDeserializer(Instant.class, new InstantReader()))
          .build();

  private DecisionJson() {}

  /**
   * Returns the record of a decision to write an email, with the key {@code user_id}. A request may
   * come twice, so the writer first checks whether the episode has its email.
   */
  public static ProducerRecord<byte[], byte[]> record(String topic, Decision decision) {
    byte[] key = decision.userId().getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(topic, null, decision.decidedAt(), key, write(decision));
  }

  public static byte[] write(Decision decision) {
    try {
      return JSON.writeValueAsBytes(decision);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a decision from its JSON.
   *
   * @throws IOException if the JSON is not a decision to write an email
   */
  public static Decision read(byte[] json) throws IOException {
    Decision decision = JSON.readValue(json, Decision.class);
    if (decision == null
        || decision.episodeId() == null
        || decision.userId() == null
        || decision.kind() != Decision.Kind.EMAIL
        || decision.variant() == null
        || decision.variant().name() == null
        || decision.variant().prompt() == null
        || decision.facts() == null) {
      throw new IOException(
          "episode_id, user_id, variant or facts are missing, or kind is not EMAIL");
    }
    return decision;
  }

  private static final class InstantReader extends StdDeserializer<Instant> {

    private static final long serialVersionUID = 1L;

    InstantReader() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser json, DeserializationContext context) throws IOException {
      return Instants.parse(json.getText());
    }
  }
}
