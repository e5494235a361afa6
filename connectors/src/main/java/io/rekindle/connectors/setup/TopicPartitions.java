package io.rekindle.connectors.setup;

import io.rekindle.connectors.kafka.Topics;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.Setting;
import io.rekindle.platform.settings.SettingType;

/** The setting that database, topics and connector have to agree on. */
final class TopicPartitions {

  private static final int MAX_PARTITIONS = 1_000;

  private TopicPartitions() {}

  /** Declares it as the next setting of a program; the default is the number as shipped. */
  static Setting<Integer> declare(ProgramSettings settings) {
    return settings
        .declare("topic.partitions", SettingType.wholeNumber(1, MAX_PARTITIONS))
        .withDefault(
            Integer.toString(Topics.standard().users().partitions()),
            "Partitions of the topics that are partitioned by user.");
  }
}
