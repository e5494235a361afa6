package io.rekindle.local.server;

/** The sender of a local stack's emails, at domains reserved for examples. */
public final class DemoIdentity {

  public static final String SHOP_NAME = "The Demo Shop";
  public static final String SHOP_URL = "https://shop.example";
  public static final String POSTAL_ADDRESS = "The Demo Shop, 1 Example Street, Exampleton";
  static final String MAIL_FROM = "hello@shop.example";

  /** The account of the dashboard. */
  static final String DASHBOARD_ACCOUNT = "demo@rekindle.local";

  private DemoIdentity() {}
}
