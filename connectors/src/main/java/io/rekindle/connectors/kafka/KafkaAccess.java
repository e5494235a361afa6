package io.rekindle.connectors.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The rights of each part at the brokers. A part is known by the common name of its certificate.
 * Without a right in this list a part may do nothing. The list has no right to create a topic but
 * Kafka Connect's own, and none to change one.
 */
public final class KafkaAccess {

  /** Kafka Connect: writes what it captures, and keeps its own topics. */
  public static final String CONNECT = "rekindle-connect";

  /** The job: reads the changes, and writes scores, requests and dead letters. */
  public static final String JOB = "rekindle-job";

  /** The dashboard: reads dead letters, and puts them back. */
  public static final String DASHBOARD = "rekindle-dashboard";

  private static final List<String> PARTS = List.of(CONNECT, JOB, DASHBOARD);

  /** The first part of the names of Connect's own topics. */
  private static final String CONNECT_TOPICS = "rekindle.connect-";

  private static final String CONNECT_GROUP = "rekindle-connect";
  private static final List<String> JOB_GROUPS = List.of("rekindle-job", "rekindle-shadow");

  private KafkaAccess() {}

  /** Returns all rights. A right to read or write includes that to describe. */
  public static List<AclBinding> of(Topics topics) {
    List<AclBinding> rights = new ArrayList<>();
    for (Topic topic : topics.captured()) {
      rights.add(onTopic(CONNECT, topic, AclOperation.WRITE));
      rights.add(onTopic(JOB, topic, AclOperation.READ));
      rights.add(onTopic(DASHBOARD, topic, AclOperation.WRITE));
    }
    for (Topic topic : topics.forOthers()) {
      rights.add(onTopic(CONNECT, topic, AclOperation.WRITE));
    }
    rights.add(onTopic(CONNECT, topics.heartbeat(), AclOperation.WRITE));
    for (AclOperation operation :
        List.of(
            AclOperation.CREATE,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.READ,
            AclOperation.WRITE)) {
      rights.add(
          right(CONNECT, ResourceType.TOPIC, CONNECT_TOPICS, PatternType.PREFIXED, operation));
    }
    rights.add(onGroup(CONNECT, CONNECT_GROUP));

    rights.add(onTopic(JOB, topics.outreach(), AclOperation.READ));
    rights.add(onTopic(JOB, topics.outreach(), AclOperation.WRITE));
    rights.add(onTopic(JOB, topics.scoreChanges(), AclOperation.WRITE));
    rights.add(onTopic(JOB, topics.deadLetters(), AclOperation.WRITE));
    JOB_GROUPS.forEach(group -> rights.add(onGroup(JOB, group)));

    rights.add(onTopic(DASHBOARD, topics.outreach(), AclOperation.WRITE));
    rights.add(onTopic(DASHBOARD, topics.deadLetters(), AclOperation.READ));
    return rights;
  }

  /** The name by which the broker knows a part. */
  public static String principal(String part) {
    return "User:CN=" + part;
  }

  /**
   * Gives the parts these rights and takes all others from them. Changes nothing if they have them.
   *
   * @throws IllegalStateException if the broker refuses; the message has the reason
   */
  public static void grant(AdminClient admin, Topics topics) throws InterruptedException {
    Set<AclBinding> required = new HashSet<>(of(topics));
    try {
      Set<AclBinding> existing = new HashSet<>();
      for (String part : PARTS) {
        existing.addAll(rightsOf(admin, part));
      }
      Set<AclBinding> missing = new HashSet<>(required);
      missing.removeAll(existing);
      admin.createAcls(missing).all().get();
      existing.removeAll(required);
      admin.deleteAcls(existing.stream().map(AclBinding::toFilter).toList()).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot give rights: " + e.getCause().getMessage(), e);
    }
  }

  private static Collection<AclBinding> rightsOf(AdminClient admin, String part)
      throws InterruptedException, ExecutionException {
    return admin
        .describeAcls(
            new AclBindingFilter(
                ResourcePatternFilter.ANY,
                new AccessControlEntryFilter(
                    principal(part), null, AclOperation.ANY, AclPermissionType.ANY)))
        .values()
        .get();
  }

  private static AclBinding onTopic(String part, Topic topic, AclOperation operation) {
    return right(part, ResourceType.TOPIC, topic.name(), PatternType.LITERAL, operation);
  }

  private static AclBinding onGroup(String part, String group) {
    return right(part, ResourceType.GROUP, group, PatternType.LITERAL, AclOperation.READ);
  }

  private static AclBinding right(
      String part, ResourceType type, String name, PatternType pattern, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(type, name, pattern),
        new AccessControlEntry(principal(part), "*", operation, AclPermissionType.ALLOW));
  }
}
