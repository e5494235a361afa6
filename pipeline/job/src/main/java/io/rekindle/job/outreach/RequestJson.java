package io.rekindle.job.outreach;

import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A decision to write an email as the topic of requests has it: key {@code user_id}, value the
 * decision as JSON.
 *
 * <p>At least once: whoever writes looks first whether the episode has its email.
 */
public final class RequestJson implements KafkaRecordSerializationSchema<Decision> {

  private static final long serialVersionUID = 1L;

  private final String topic;

  public RequestJson(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Decision decision, KafkaSinkContext context, Long timestamp) {
    return new ProducerRecord<>(
        topic,
        null,
        decision.decidedAt(),
        decision.userId().getBytes(StandardCharsets.UTF_8),
        DecisionJson.write(decision));
  }
}
