package io.rekindle.email.llm;

import java.util.List;
import java.util.Optional;

/**
 * The texts of a version of the prompt, for people who choose one.
 *
 * @param name such as {@code winback-v1}
 * @param system the task, the same for every client
 * @param user what is sent for one client, with {@code {{data}}} where the facts go
 */
public record PromptTexts(String name, String system, String user) {

  /** The version that holds where none is chosen. */
  public static final String DEFAULT = "winback-v1";

  /** Every version there is, the newest first. A test holds the list to the files. */
  private static final List<String> NAMES = List.of(DEFAULT);

  /** The names of all versions, the newest first. */
  public static List<String> names() {
    return NAMES;
  }

  /** All versions, the newest first. */
  public static List<PromptTexts> all() {
    return NAMES.stream().map(name -> find(name).orElseThrow()).toList();
  }

  /** Empty if there is no such version. */
  public static Optional<PromptTexts> find(String name) {
    return Optional.ofNullable(Prompt.find(name))
        .map(prompt -> new PromptTexts(name, prompt.system(), prompt.user()));
  }
}
