package io.rekindle.local.importing;

import java.math.BigDecimal;

/**
 * A line of an order, as an export has it.
 *
 * @param product the name of the product
 * @param sku the shop's number of the product; null if there is none
 * @param quantity null if the export has no number there
 * @param price of one piece, in the currency of the order; null if the export has no number there
 */
public record OrderLine(String product, String sku, BigDecimal quantity, BigDecimal price) {}
