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
 * <pre>java -cp KAFKA KafkaTopic.java BOOTSTRAP (add-partition | delete | delete-records) TOPIC
 * </pre>
 */
public final class KafkaTopic {

  private KafkaTopic() {}

  /** Runs one command. */
  public static void main(String[] arguments) throws Exception {
    String topic = arguments[2];
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[0]))) {
      int partitions =
          admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
      switch (arguments[1]) {
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
        default -> throw new IllegalArgumentException("no command " + arguments[1]);
      }
    }
  }
}
