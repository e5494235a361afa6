import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/**
 * Does to a topic what an administrator may do by mistake. {@code rehearse} runs it:
 *
 * <pre>java -cp KAFKA KafkaTopic.java BOOTSTRAP DIRECTORY_OF_KEY (add-partition | delete | delete-records) TOPIC
 * </pre>
 */
public final class KafkaTopic {

  private KafkaTopic() {}

  /** Runs one command. */
  public static void main(String[] arguments) throws Exception {
    String topic = arguments[3];
    try (Admin admin = Admin.create(login(arguments[0], Path.of(arguments[1])))) {
      int partitions =
          admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
      switch (arguments[2]) {
        case "add-partition" ->
            admin
                .createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions + 1)))
                .all()
                .get();
        case "delete" -> admin.deleteTopics(List.of(topic)).all().get();
        case "delete-records" ->
            admin
                .deleteRecords(
                    IntStream.range(0, partitions)
                        .boxed()
                        .collect(
                            Collectors.toMap(
                                partition -> new TopicPartition(topic, partition),
                                partition -> RecordsToDelete.beforeOffset(-1))))
                .all()
                .get();
        default -> throw new IllegalArgumentException("no command " + arguments[2]);
      }
    }
  }

  private static Map<String, Object> login(String bootstrap, Path key) throws IOException {
    return Map.of(
        "bootstrap.servers",
        bootstrap,
        "security.protocol",
        "SSL",
        "ssl.keystore.type",
        "PEM",
        "ssl.keystore.key",
        Files.readString(key.resolve("tls.key")),
        "ssl.keystore.certificate.chain",
        Files.readString(key.resolve("tls.crt")),
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.certificates",
        Files.readString(key.resolve("ca.crt")));
  }
}
