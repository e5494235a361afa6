package io.rekindle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics that there are: of the database by the queries that ask for them, of all else by what
 * the running parts were once seen to say. How to record that again is in the observability README.
 */
final class KnownMetrics {

  private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)[ {]");

  private KnownMetrics() {}

  static Set<String> all() {
    Set<String> names = new TreeSet<>(ofDatabase());
    for (String part : Set.of("flink", "connect", "kafka", "sender")) {
      names.addAll(recorded(part));
    }
    names.add("up"); // Prometheus' own, like the next two.
    names.add("scrape_duration_seconds");
    names.add("ALERTS");
    return names;
  }

  /** What a component exported when it was recorded. */
  static Set<String> recorded(String part) {
    String scrape =
        Repository.text(
            Repository.ROOT.resolve("deploy/checks/src/test/resources/scrapes/" + part + ".txt"));
    Set<String> names = new TreeSet<>();
    Matcher sample = SAMPLE.matcher(scrape);
    while (sample.find()) {
      names.add(sample.group(1));
    }
    return names;
  }

  private static Set<String> ofDatabase() {
    Set<String> names = new TreeSet<>();
    Repository.yaml(Repository.OBSERVABILITY.resolve("postgres/queries.yml"), JsonNode.class)
        .properties()
        .forEach(
            query ->
                query
                    .getValue()
                    .get("metrics")
                    .forEach(
                        metric ->
                            metric
                                .properties()
                                .forEach(
                                    column -> {
                                      if (!column
                                          .getValue()
                                          .get("usage")
                                          .asText()
                                          .equals("LABEL")) {
                                        names.add(query.getKey() + "_" + column.getKey());
                                      }
                                    })));
    return names;
  }
}
