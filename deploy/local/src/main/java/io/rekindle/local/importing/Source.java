package io.rekindle.local.importing;

import java.util.Locale;

/** A program whose exports can be read. */
public enum Source {
  /** Found out by the header. */
  AUTO,
  REKINDLE,
  SHOPIFY,
  WOOCOMMERCE,
  WOOCOMMERCE_ADVANCED,
  MAGENTO,
  STRIPE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
