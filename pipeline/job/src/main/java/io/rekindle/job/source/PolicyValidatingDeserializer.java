package io.rekindle.job.source;

import io.rekindle.connectors.cdc.CdcRecord;
import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.events.ModelChanged;
import io.rekindle.connectors.events.PolicyChanged;
import io.rekindle.connectors.events.RuleChange;
import io.rekindle.connectors.flink.CdcRecordDeserializer;
import io.rekindle.scoring.document.InvalidPolicyException;
import io.rekindle.scoring.policy.PolicyModel;
import io.rekindle.scoring.policy.ScoringPolicy;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads rule changes, and creates a dead letter for each policy or model with an invalid document.
 * The change itself is passed on, too, since its active row keeps the one before it in force.
 */
public final class PolicyValidatingDeserializer
    implements KafkaRecordDeserializationSchema<CdcRecord<RuleChange>> {

  private static final long serialVersionUID = 1L;

  private final CdcRecordDeserializer<RuleChange> deserializer =
      CdcRecordDeserializer.ofRuleChanges();

  @Override
  public void open(InitializationContext context) {
    deserializer.open(context);
  }

  @Override
  public void deserialize(
      ConsumerRecord<byte[], byte[]> message, Collector<CdcRecord<RuleChange>> collector) {
    deserializer.deserialize(message, new Validating(message, collector));
  }

  @Override
  public TypeInformation<CdcRecord<RuleChange>> getProducedType() {
    return deserializer.getProducedType();
  }

  private record Validating(
      ConsumerRecord<byte[], byte[]> message, Collector<CdcRecord<RuleChange>> collector)
      implements Collector<CdcRecord<RuleChange>> {

    @Override
    public void collect(CdcRecord<RuleChange> record) {
      collector.collect(record);
      if (record.change() instanceof PolicyChanged policy && policy.document() != null) {
        try {
          ScoringPolicy.parse(policy.document());
        } catch (InvalidPolicyException e) {
          refuse(DeadLetterReason.INVALID_POLICY, e);
        }
      } else if (record.change() instanceof ModelChanged model && model.document() != null) {
        try {
          PolicyModel.parse(model.document());
        } catch (InvalidPolicyException e) {
          refuse(DeadLetterReason.INVALID_MODEL, e);
        }
      }
    }

    private void refuse(DeadLetterReason reason, InvalidPolicyException e) {
      collector.collect(CdcRecord.deadLetter(DeadLetter.of(message, reason, e.getMessage())));
    }

    @Override
    public void close() {
      collector.close();
    }
  }
}
