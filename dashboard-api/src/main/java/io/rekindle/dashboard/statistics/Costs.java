package io.rekindle.dashboard.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;

/**
 * What emails cost, in US dollars.
 *
 * @param modelsUsd what the models took for writing them
 * @param messagesUsd what it cost to send them, by the setting of the dashboard
 */
public record Costs(BigDecimal modelsUsd, BigDecimal messagesUsd) {

  /**
   * @param messageUsd the cost of one email that is sent
   */
  static Costs of(BigDecimal modelsUsd, long sent, BigDecimal messageUsd) {
    return new Costs(modelsUsd, messageUsd.multiply(BigDecimal.valueOf(sent)));
  }

  /** Both together. */
  @JsonProperty
  public BigDecimal totalUsd() {
    return modelsUsd.add(messagesUsd);
  }
}
