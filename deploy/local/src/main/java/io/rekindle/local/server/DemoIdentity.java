package io.rekindle.local.server;

/** Who a local stack's emails say that they are from: nobody, at domains that are for examples. */
public final class DemoIdentity {

  public static final String SHOP_NAME = "The Demo Shop";
  public static final String SHOP_URL = "https://shop.example";
  public static final String POSTAL_ADDRESS = "The Demo Shop, 1 Example Street, Exampleton";
  static final String MAIL_FROM = "hello@shop.example";

  /** Who signs in to the dashboard. */
  static final String DASHBOARD_ACCOUNT = "demo@rekindle.local";

  private DemoIdentity() {}
}
