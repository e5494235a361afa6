package io.rekindle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Renders an overlay as {@code kustomize build} does, with as much of kustomize as our files use;
 * anything else in a kustomization is an error here. Namespaces are left as they are.
 */
record Kustomization(
    String apiVersion,
    String kind,
    String namespace,
    List<String> resources,
    List<String> components,
    List<String> configurations,
    List<Image> images,
    List<Patch> patches,
    List<Generator> configMapGenerator,
    Options generatorOptions) {

  record Image(String name, String newTag) {}

  record Patch(String path, String patch, Target target) {}

  record Target(String group, String kind) {}

  record Generator(String name, List<String> files) {}

  record Options(boolean disableNameSuffixHash) {}

  /** All documents of a directory with a kustomization, its bases' included. */
  static List<ObjectNode> render(Path directory) {
    Kustomization own =
        Repository.yaml(directory.resolve("kustomization.yaml"), Kustomization.class);
    List<ObjectNode> documents = new ArrayList<>();
    for (String resource : own.orEmpty(own.resources)) {
      Path path = directory.resolve(resource);
      documents.addAll(Files.isDirectory(path) ? render(path) : documents(path));
    }
    for (String component : own.orEmpty(own.components)) {
      documents.addAll(render(directory.resolve(component)));
    }
    for (Generator generator : own.orEmpty(own.configMapGenerator)) {
      documents.add(configMap(generator, directory));
    }
    for (Patch patch : own.orEmpty(own.patches)) {
      apply(patch, directory, documents);
    }
    for (Image image : own.orEmpty(own.images)) {
      documents.forEach(document -> tag(document, image));
    }
    return documents;
  }

  private <T> List<T> orEmpty(List<T> list) {
    return list == null ? List.of() : list;
  }

  /** The documents of one YAML file. */
  static List<ObjectNode> documents(Path file) {
    try (MappingIterator<ObjectNode> documents =
        Repository.YAML.readerFor(ObjectNode.class).readValues(file.toFile())) {
      return documents.readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }

  private static ObjectNode configMap(Generator generator, Path directory) {
    ObjectNode map = Repository.YAML.createObjectNode();
    map.put("apiVersion", "v1").put("kind", "ConfigMap");
    map.putObject("metadata").put("name", generator.name);
    ObjectNode data = map.putObject("data");
    for (String file : generator.files) {
      Path path = directory.resolve(file);
      data.put(path.getFileName().toString(), Repository.text(path));
    }
    return map;
  }

  private static void apply(Patch patch, Path directory, List<ObjectNode> documents) {
    if (patch.target != null) {
      JsonNode operations = read(patch.patch);
      documents.stream()
          .filter(document -> document.get("kind").asText().equals(patch.target.kind))
          .filter(
              document -> document.get("apiVersion").asText().startsWith(patch.target.group + "/"))
          .forEach(document -> operations.forEach(operation -> replace(document, operation)));
      return;
    }
    for (ObjectNode change : documents(directory.resolve(patch.path))) {
      ObjectNode target =
          documents.stream()
              .filter(document -> id(document).equals(id(change)))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("nothing to patch: " + id(change)));
      merge(target, change, !isCustom(target));
    }
  }

  private static JsonNode read(String yaml) {
    try {
      return Repository.YAML.readTree(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void replace(ObjectNode document, JsonNode operation) {
    if (!operation.get("op").asText().equals("replace")) {
      throw new IllegalArgumentException("only replace is known: " + operation);
    }
    String path = operation.get("path").asText();
    int last = path.lastIndexOf('/');
    ObjectNode parent = (ObjectNode) document.at(path.substring(0, last));
    if (!parent.has(path.substring(last + 1))) {
      throw new IllegalArgumentException("nothing to replace at " + path);
    }
    parent.set(path.substring(last + 1), operation.get("value"));
  }

  /** Of resources that kustomize does not know lists are replaced, of others merged by name. */
  private static void merge(ObjectNode target, ObjectNode change, boolean listsByName) {
    for (Map.Entry<String, JsonNode> field : change.properties()) {
      JsonNode before = target.get(field.getKey());
      JsonNode value = field.getValue();
      if (before instanceof ObjectNode object && value instanceof ObjectNode changed) {
        merge(object, changed, listsByName);
      } else if (listsByName && before instanceof ArrayNode list && value.isArray()) {
        mergeByName(list, value);
      } else {
        target.set(field.getKey(), value);
      }
    }
  }

  /** What is changed comes first, as with kustomize. */
  private static void mergeByName(ArrayNode target, JsonNode changes) {
    List<JsonNode> merged = new ArrayList<>();
    for (JsonNode change : changes) {
      JsonNode element = change;
      for (JsonNode same : target) {
        if (same.get("name").equals(change.get("name"))) {
          merge((ObjectNode) same, (ObjectNode) change, true);
          element = same;
        }
      }
      merged.add(element);
    }
    target.forEach(
        element -> {
          if (!merged.contains(element)) {
            merged.add(element);
          }
        });
    target.removeAll();
    target.addAll(merged);
  }

  private static void tag(ObjectNode document, Image image) {
    for (JsonNode holder : document.findParents("image")) {
      if (holder.get("image").asText().equals(image.name)) {
        ((ObjectNode) holder).put("image", image.name + ":" + image.newTag);
      }
    }
  }

  private static boolean isCustom(ObjectNode document) {
    return document.get("apiVersion").asText().matches(".*(strimzi|flink|coreos).*");
  }

  /** Kind and name. */
  static String id(JsonNode document) {
    return document.get("kind").asText() + "/" + document.at("/metadata/name").asText();
  }
}
