package io.rekindle.email;

import java.util.Objects;

/**
 * An email to be written.
 *
 * @param episodeId the episode that it answers; also the email's id, since an episode has one email
 */
public record EmailRequest(String episodeId, EmailFacts facts, Variant variant) {

  /**
   * @throws IllegalArgumentException if the id is missing
   */
  public EmailRequest {
    if (episodeId == null || episodeId.isEmpty()) {
      throw new IllegalArgumentException("episodeId is empty");
    }
    Objects.requireNonNull(facts, "facts");
    Objects.requireNonNull(variant, "variant");
  }
}
