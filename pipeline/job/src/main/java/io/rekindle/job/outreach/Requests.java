package io.rekindle.job.outreach;

import io.rekindle.connectors.capture.Captured;
import io.rekindle.connectors.capture.CapturedDeserializer;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.Reason;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads what {@link RequestJson} wrote. Anything else in the topic becomes a dead letter. */
public final class Requests implements KafkaRecordDeserializationSchema<Captured<Decision>> {

  private static final long serialVersionUID = 1L;

  @Override
  public void deserialize(
      ConsumerRecord<byte[], byte[]> message, Collector<Captured<Decision>> collector) {
    if (message.value() == null) {
      collector.collect(
          Captured.deadLetter(
              DeadLetter.of(
                  message, Reason.NULL_VALUE, "The value is null: it has to be a decision")));
      return;
    }
    try {
      collector.collect(
          Captured.change(DecisionJson.read(message.value()), Captured.PROVES_NOTHING));
    } catch (IOException e) {
      collector.collect(
          Captured.deadLetter(
              DeadLetter.of(
                  message,
                  Reason.NOT_A_DECISION,
                  "The value is not a decision that the job made: " + e.getMessage())));
    }
  }

  @Override
  public TypeInformation<Captured<Decision>> getProducedType() {
    return CapturedDeserializer.typeOf(DecisionSerializer.TYPE);
  }
}
