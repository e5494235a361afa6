package io.rekindle.email.compose;

import java.util.List;

/**
 * The texts of an email, before layout.
 *
 * @param subject plain text; cut to fit
 * @param preheader plain text; cut to fit
 * @param body a fragment from {@link EmailHtml#sanitize}, which may also have {@code bdi}
 * @param action text of the button, plain text
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
