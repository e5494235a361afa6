package io.rekindle.email.compose;

import java.util.List;

/**
 * What an email says, before layout.
 *
 * @param subject plain text; cut to fit
 * @param preheader plain text; cut to fit
 * @param body a fragment as {@link EmailHtml#sanitize} gives them, {@code bdi} besides
 * @param action what the button says, plain text
 */
public record EmailContent(
    Language language,
    String subject,
    String preheader,
    String body,
    List<Item> items,
    String action) {

  /** Something to look at in one of the client's categories; plain texts. */
  public record Item(String category, String text) {}
}
