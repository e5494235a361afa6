package io.rekindle.bench;

import io.rekindle.bench.DebeziumMessages.Message;
import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes messages to a broker, in the place of Debezium. */
final class KafkaFiller implements AutoCloseable {

  private final KafkaProducer<String, String> producer;

  /** Messages in the order of their commits. */
  interface Source {

    void forEach(Consumer<Message> messages);
  }

  /** Creates the missing topics of a broker. */
  KafkaFiller(KafkaLogin kafka) throws InterruptedException {
    try (AdminClient admin = AdminClient.create(kafka.settings())) {
      Topics.standard().create(admin);
    }
    producer =
        new KafkaProducer<>(
            kafka.settings(
                Map.of("linger.ms", "20", "batch.size", "262144", "buffer.memory", "134217728")),
            new StringSerializer(),
            new StringSerializer());
  }

  /**
   * Writes all messages, and reports them as they are written.
   *
   * @param changes the number of changes among them
   * @return the bytes of the changes
   */
  long fill(Source source, long changes, Progress progress) {
    AtomicLong sent = new AtomicLong();
    AtomicLong bytes = new AtomicLong();
    write(
        messages ->
            source.forEach(
                message -> {
                  messages.accept(message);
                  if (message.change()) {
                    bytes.addAndGet(message.value().length());
                    progress.count("filling Kafka", sent.incrementAndGet(), changes);
                  }
                }));
    return bytes.get();
  }

  /** Writes all messages. */
  void write(Source source) {
    AtomicReference<Exception> failure = new AtomicReference<>();
    source.forEach(
        message -> {
          // The callback reports a failure.
          Future<?> unused =
              producer.send(
                  new ProducerRecord<>(
                      message.topic(), message.partition(), message.key(), message.value()),
                  (metadata, e) -> failure.compareAndSet(null, e));
        });
    producer.flush();
    if (failure.get() != null) {
      throw new Failure("Kafka cannot be filled: " + failure.get().getMessage(), failure.get());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
