package io.rekindle.job.writing;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.flink.EventTypeInfo;
import io.rekindle.job.outreach.Decision;
import io.rekindle.job.outreach.DecisionJson;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the records of {@link DecisionJson#record}. Any other record in the topic becomes a dead
 * letter.
 */
public final class DecisionDeserializationSchema
    implements KafkaRecordDeserializationSchema<CdcRecord<Decision>> {

  private static final long serialVersionUID = 1L;

  @Override
  public void deserialize(
      ConsumerRecord<byte[], byte[]> message, Collector<CdcRecord<Decision>> collector) {
    if (message.value() == null) {
      collector.collect(
          CdcRecord.deadLetter(
              DeadLetter.of(
                  message,
                  DeadLetterReason.NULL_VALUE,
                  "The value is null: it has to be a decision")));
      return;
    }
    try {
      collector.collect(
          CdcRecord.change(DecisionJson.read(message.value()), CdcRecord.COMPLETENESS_UNKNOWN));
    } catch (IOException e) {
      collector.collect(
          CdcRecord.deadLetter(
              DeadLetter.of(
                  message,
                  DeadLetterReason.NOT_A_DECISION,
                  "The value is not a decision that the job made: " + e.getMessage())));
    }
  }

  @Override
  public TypeInformation<CdcRecord<Decision>> getProducedType() {
    return EventTypeInfo.ofCdcRecord(Decision.class);
  }
}
