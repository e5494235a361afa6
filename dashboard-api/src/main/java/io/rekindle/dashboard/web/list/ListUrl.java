package io.rekindle.dashboard.web.list;

import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.UrlPart;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The address of a list with its filters, from which those of other pages of it are made. */
public final class ListUrl {

  private static final Set<String> NO_FILTERS = Set.of("cursor", "sort", "order", "columns", "all");

  /** What only pages take. */
  private static final Set<String> OF_PAGES = Set.of("cursor", "columns", "all");

  private final String path;
  private final Map<String, String> parameters;

  private ListUrl(String path, Map<String, String> parameters) {
    this.path = path;
    this.parameters = parameters;
  }

  public static ListUrl of(RequestInfo request) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> entry : request.parameters().entrySet()) {
      // Each chosen column is a parameter of its own in a form without scripts.
      String value = String.join(",", entry.getValue());
      if (!value.isBlank()) {
        parameters.put(entry.getKey(), value);
      }
    }
    return new ListUrl(request.path(), parameters);
  }

  public boolean has(String name) {
    return parameters.containsKey(name);
  }

  /** Empty if it is not in the address. */
  public String get(String name) {
    return parameters.getOrDefault(name, "");
  }

  public boolean is(String name, String value) {
    return value.equals(parameters.get(name));
  }

  /** Whether anything is filtered by. */
  public boolean filtered() {
    return parameters.keySet().stream().anyMatch(name -> !NO_FILTERS.contains(name));
  }

  /** How many of these parameters are in the address. */
  public long count(Collection<String> names) {
    return names.stream().filter(parameters::containsKey).count();
  }

  public String with(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(parameters);
    changed.put(name, value);
    return write(path, changed);
  }

  public String without(String name) {
    Map<String, String> changed = new LinkedHashMap<>(parameters);
    changed.remove(name);
    return write(path, changed);
  }

  /** Without parameters that belong together. */
  public String withoutAll(String... names) {
    Map<String, String> changed = new LinkedHashMap<>(parameters);
    changed.keySet().removeAll(List.of(names));
    return write(path, changed);
  }

  /** The list in another order, from its beginning. */
  public String sorted(String sort, String order) {
    Map<String, String> changed = new LinkedHashMap<>(parameters);
    changed.remove("cursor");
    changed.put("sort", sort);
    changed.put("order", order);
    return write(path, changed);
  }

  /** Where the API gives exactly these rows as CSV. */
  public String export(String api) {
    return export(api, Map.of());
  }

  /**
   * Where the API gives exactly these rows as CSV.
   *
   * @param implied what the page filters or sorts by without its being in the address
   */
  public String export(String api, Map<String, String> implied) {
    Map<String, String> changed = new LinkedHashMap<>(parameters);
    changed.keySet().removeAll(OF_PAGES);
    changed.putAll(implied);
    changed.put("format", "csv");
    return write(api, changed);
  }

  private static String write(String path, Map<String, String> parameters) {
    return parameters.isEmpty()
        ? path
        : path
            + parameters.entrySet().stream()
                .map(
                    entry ->
                        UrlPart.encode(entry.getKey()) + "=" + UrlPart.encode(entry.getValue()))
                .collect(Collectors.joining("&", "?", ""));
  }
}
