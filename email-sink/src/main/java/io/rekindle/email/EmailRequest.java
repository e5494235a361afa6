package io.rekindle.email;

import java.util.Objects;

/**
 * An email to be written.
 *
 * @param emailId its id, known beforehand, since the link to unsubscribe is signed for it
 * @param episodeId the episode that it answers; there is one email per episode
 */
public record EmailRequest(String emailId, String episodeId, EmailFacts facts, Variant variant) {

  /**
   * @throws IllegalArgumentException if an id is missing
   */
  public EmailRequest {
    if (emailId == null || emailId.isEmpty()) {
      throw new IllegalArgumentException("emailId is empty");
    }
    if (episodeId == null || episodeId.isEmpty()) {
      throw new IllegalArgumentException("episodeId is empty");
    }
    Objects.requireNonNull(facts, "facts");
    Objects.requireNonNull(variant, "variant");
  }
}
