package io.rekindle.job.writing;

import io.rekindle.job.outreach.Decision;
import io.rekindle.job.outreach.DecisionJson;
import java.nio.charset.StandardCharsets;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A decision to write an email as the topic of requests has it: key {@code user_id}, value the
 * decision as JSON.
 *
 * <p>At least once: the writer checks first whether the episode has its email.
 */
public final class DecisionSerializationSchema implements KafkaRecordSerializationSchema<Decision> {

  private static final long serialVersionUID = 1L;

  private final String topic;

  public DecisionSerializationSchema(String topic) {
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
