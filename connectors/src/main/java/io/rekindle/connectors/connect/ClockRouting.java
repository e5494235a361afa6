package io.rekindle.connectors.connect;

import io.rekindle.platform.text.Version;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.transforms.Transformation;

/**
 * Sends each event of {@code engagement.clock} to the topic and partition that its row names.
 *
 * <p>Kafka Connect delivers in the order of commits. A clock event therefore proves that the
 * partition holds every earlier commit before it. Snapshot rows and deleted rows prove nothing and
 * are dropped. Events of other tables pass unchanged.
 *
 * <p>Stateless and thread-safe.
 */
public final class ClockRouting<R extends ConnectRecord<R>> implements Transformation<R> {

  private static final String CLOCK_SCHEMA = "engagement";
  private static final String CLOCK_TABLE = "clock";

  @Override
  public R apply(R event) {
    if (!(event.value() instanceof Struct envelope) || !isClock(envelope)) {
      return event;
    }
    String operation = envelope.getString("op");
    if (!operation.equals("c") && !operation.equals("u")) {
      return null;
    }
    Struct row = envelope.getStruct("after");
    if (row == null) {
      throw new DataException(
          "An event of engagement.clock with op=" + operation + " has no after");
    }
    String topic = row.getString("topic");
    Integer partition = row.getInt32("partition");
    if (topic == null || partition == null) {
      throw new DataException(
          "A row of engagement.clock has topic "
              + topic
              + " and partition "
              + partition
              + "; both name where its events go and must be set");
    }
    return event.newRecord(
        topic,
        partition,
        event.keySchema(),
        event.key(),
        event.valueSchema(),
        envelope,
        event.timestamp(),
        event.headers());
  }

  private static boolean isClock(Struct envelope) {
    Schema schema = envelope.schema();
    if (schema.field("source") == null || schema.field("op") == null) {
      return false;
    }
    if (!(envelope.get("source") instanceof Struct source)) {
      return false;
    }
    return source.schema().field("schema") != null
        && source.schema().field("table") != null
        && CLOCK_TABLE.equals(source.get("table"))
        && CLOCK_SCHEMA.equals(source.get("schema"));
  }

  @Override
  public ConfigDef config() {
    return new ConfigDef();
  }

  @Override
  public void configure(Map<String, ?> settings) {}

  @Override
  public void close() {}

  @Override
  public String version() {
    return Version.CURRENT;
  }
}
