package io.rekindle.email;

import java.util.List;

/**
 * What an email says, before it gets a look.
 *
 * @param subject plain text; cut to fit
 * @param preheader plain text; cut to fit
 * @param body a fragment as {@link Html#sanitize} gives them, {@code bdi} besides
 * @param action what the button says, plain text
 */
record Letter(
    Language language,
    String subject,
    String preheader,
    String body,
    List<Item> items,
    String action) {

  /** Something to look at in one of the client's categories; plain texts. */
  record Item(String category, String text) {}
}
