package io.rekindle.email;

/**
 * One of the ways to write that an experiment compares. The shop's marketers choose all of it.
 *
 * @param name as experiments and reports call it
 * @param prompt the version of the prompt, such as {@code winback-v1}
 * @param tone how it is to sound, a few words; null for the prompt's own
 * @param offer a sentence that the email may state as a promise of the shop; null if there is none
 */
public record Variant(String name, String prompt, String tone, String offer) {

  /**
   * @throws IllegalArgumentException if name or prompt is missing
   */
  public Variant {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("a variant has no name");
    }
    if (prompt == null || prompt.isBlank()) {
      throw new IllegalArgumentException("the variant " + name + " has no prompt");
    }
  }
}
