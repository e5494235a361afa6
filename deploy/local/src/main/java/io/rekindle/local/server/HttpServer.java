package io.rekindle.local.server;

import io.rekindle.platform.rest.RestClient;
import java.io.IOException;

/** A server with a health check over HTTP. */
abstract class HttpServer implements Server {

  private final String url;
  private final String healthPath;
  private final RestClient rest;

  /**
   * @param healthPath path of the health check, which answers below 400 if the server is healthy
   */
  HttpServer(int port, String healthPath) {
    this.url = "http://127.0.0.1:" + port;
    this.healthPath = healthPath;
    this.rest = new RestClient(url);
  }

  public String url() {
    return url;
  }

  @Override
  public void check() throws IOException {
    rest.get(healthPath);
  }
}
