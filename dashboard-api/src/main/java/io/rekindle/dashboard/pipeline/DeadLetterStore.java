package io.rekindle.dashboard.pipeline;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.replay.DeadLetterReplay;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The topic of records that the pipeline could not read. One call at a time, each by a client of
 * its own, since they are few. Thread-safe.
 */
public final class DeadLetterStore {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** The number of records that are read from the end of each partition. */
  private static final long MAX_SCANNED = 20_000;

  private final KafkaLogin kafka;
  private final String topic;
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * Makes the store.
   *
   * @param kafka the brokers, and the key for them
   * @param topicPrefix first part of the name of every topic
   */
  public DeadLetterStore(KafkaLogin kafka, String topicPrefix) {
    this.kafka = kafka;
    this.topic = Topics.standard().withPrefix(topicPrefix).deadLetters().name();
  }

  public String topic() {
    return topic;
  }

  /**
   * How many records the topic has.
   *
   * @throws KafkaException if Kafka does not answer
   */
  long count() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> partitions = assigned(consumer);
      long count = 0;
      Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, TIMEOUT);
      for (Map.Entry<TopicPartition, Long> end :
          consumer.endOffsets(partitions, TIMEOUT).entrySet()) {
        count += end.getValue() - begins.get(end.getKey());
      }
      return count;
    }
  }

  /**
   * The newest dead letters, each once, the newest first.
   *
   * <p>Only a part of each is kept, since values may be large.
   *
   * @throws DeadLettersUnavailableException if Kafka does not answer
   */
  List<DeadLetterItem> newest() {
    Map<String, DeadLetterItem> byId = new LinkedHashMap<>();
    forEach(
        letter -> {
          // Removed first: the place is that of the last time it was stored.
          byId.remove(letter.id());
          byId.put(letter.id(), DeadLetterItem.of(letter));
        });
    List<DeadLetterItem> letters = new ArrayList<>(byId.values());
    Collections.reverse(letters);
    return letters;
  }

  /**
   * One of {@link #newest}, whole, as it was stored last.
   *
   * @throws DeadLettersUnavailableException if Kafka does not answer
   */
  Optional<DeadLetter> find(String id) {
    AtomicReference<DeadLetter> found = new AtomicReference<>();
    forEach(
        letter -> {
          if (letter.id().equals(id)) {
            found.set(letter);
          }
        });
    return Optional.ofNullable(found.get());
  }

  private void forEach(Consumer<DeadLetter> letters) {
    guarded(
        () -> {
          try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = assigned(consumer);
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, TIMEOUT);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
            for (TopicPartition partition : partitions) {
              consumer.seek(
                  partition, Math.max(begins.get(partition), ends.get(partition) - MAX_SCANNED));
            }
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
              if (System.nanoTime() > deadline) {
                throw new KafkaException("the topic is not read to its end in time");
              }
              for (ConsumerRecord<byte[], byte[]> stored : consumer.poll(Duration.ofMillis(200))) {
                letter(stored).ifPresent(letters);
              }
            }
          }
          return null;
        });
  }

  /**
   * Puts a record back where it came from. Returns where it is now, as topic-partition-offset.
   *
   * @param rows a connection to look for the record's row; null to replay without a row
   * @throws RejectedReplayException if the pipeline would refuse it again, or its row is gone
   * @throws DeadLettersUnavailableException if Kafka does not answer
   */
  String replay(DeadLetter letter, Connection rows) {
    return guarded(
        () -> {
          Map<String, Object> settings = kafka.settings();
          settings.put("acks", "all");
          settings.put("max.block.ms", TIMEOUT.toMillis());
          settings.put("request.timeout.ms", 2_000);
          settings.put("delivery.timeout.ms", (int) TIMEOUT.toMillis());
          try (KafkaProducer<byte[], byte[]> producer =
              new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            DeadLetterReplay replay = new DeadLetterReplay(producer);
            long now = System.currentTimeMillis();
            Optional<String> rejection = replay.rejection(letter, now);
            if (rejection.isPresent()) {
              throw new RejectedReplayException("It would be refused again: " + rejection.get());
            }
            Optional<String> missing =
                rows == null ? Optional.empty() : replay.missingRow(letter, rows, now);
            if (missing.isPresent()) {
              throw new RejectedReplayException(
                  "It is not replayed, since " + missing.get() + ": set force to do it anyway");
            }
            return replay.send(letter);
          }
        });
  }

  private static Optional<DeadLetter> letter(ConsumerRecord<byte[], byte[]> stored) {
    try {
      return Optional.of(DeadLetter.from(stored));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Another program's record cannot be replayed.
    }
  }

  /** All partitions. The client warns if it is asked about the ends of one it does not have. */
  private List<TopicPartition> assigned(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic, TIMEOUT).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    consumer.assign(partitions);
    return partitions;
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> settings =
        kafka.settings(
            Map.of(
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed",
                "default.api.timeout.ms", (int) TIMEOUT.toMillis(),
                "allow.auto.create.topics", "false"));
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Something that talks to Kafka. */
  private interface KafkaCall<T> {
    T call() throws IOException, InterruptedException, SQLException;
  }

  private <T> T guarded(KafkaCall<T> call) {
    if (!lock.tryLock()) {
      throw new DeadLettersBusyException();
    }
    try {
      return call.call();
    } catch (KafkaException | IOException e) {
      throw new DeadLettersUnavailableException("Kafka does not answer: " + e.getMessage(), true);
    } catch (SQLException e) {
      throw new DeadLettersUnavailableException(
          "The database does not answer: " + e.getMessage(), true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeadLettersUnavailableException("The service is stopping.", true);
    } finally {
      lock.unlock();
    }
  }
}
