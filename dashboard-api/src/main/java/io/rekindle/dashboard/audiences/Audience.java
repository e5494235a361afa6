package io.rekindle.dashboard.audiences;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A named filter of clients.
 *
 * @param filter parameters of a list of clients, each a text
 * @param filterSince when the filter last became another
 * @param members how many clients were in it at computedAt; null until that is known
 */
public record Audience(
    String audience,
    String description,
    JsonNode filter,
    Instant filterSince,
    Long members,
    Instant computedAt,
    String createdBy,
    Instant createdAt,
    String updatedBy,
    Instant updatedAt) {

  /** What people edit of an audience. */
  record Edited(String description, JsonNode filter) {}

  Edited edited() {
    return new Edited(description, filter);
  }

  /** The parameters of the filter. */
  public Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    filter.properties().forEach(entry -> parameters.put(entry.getKey(), entry.getValue().asText()));
    return parameters;
  }
}
