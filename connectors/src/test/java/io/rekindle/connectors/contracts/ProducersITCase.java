package io.rekindle.connectors.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.rekindle.connectors.schema.Migrations;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.Driver;

/** The sample producers, as their README has them called. */
class ProducersITCase {

  private static final Path PRODUCERS = Path.of("../examples/producers");
  private static final long LIMIT_SECONDS = 60;

  @Test
  void shouldPlaceAnOrderBySql() throws Exception {
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start()) {
      Migrations.apply(postgres.getPostgresDatabase());
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      String driver =
          Path.of(Driver.class.getProtectionDomain().getCodeSource().getLocation().toURI())
              .toString();
      for (int time = 1; time <= 2; time++) {
        assertThat(
                run(
                    List.of(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        driver,
                        "PlaceOrder.java",
                        postgres.getJdbcUrl("postgres", "postgres"),
                        "web-1",
                        "u'1",
                        "59.90",
                        "EUR"),
                    Map.of("PGUSER", "postgres", "PGPASSWORD", "postgres")))
            .isEqualTo("placed web-1");
      }

      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          ResultSet orders =
              connection
                  .createStatement()
                  .executeQuery("select user_id, amount, currency, status from shop.orders")) {
        assertThat(orders.next()).isTrue();
        assertThat(orders.getString("user_id")).isEqualTo("u'1");
        assertThat(orders.getBigDecimal("amount")).isEqualByComparingTo("59.90");
        assertThat(orders.getString("currency")).isEqualTo("EUR");
        assertThat(orders.getString("status")).isEqualTo("PLACED");
        assertThat(orders.next()).as("a second order").isFalse();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overHttp")
  void shouldPlaceAnOrderOverHttpAndTryAgainWhenTold(String program, List<String> command)
      throws Exception {
    assumeThat(isInstalled(program)).as(program + " is installed").isTrue();
    List<Asked> asked = new ArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, asked));
    server.start();
    try {
      List<String> whole = new ArrayList<>(command);
      whole.addAll(List.of("web-1", "u\"1", "59.90", "EUR"));
      String printed =
          run(
              whole,
              Map.of(
                  "REKINDLE_URL",
                  "http://127.0.0.1:" + server.getAddress().getPort(),
                  "REKINDLE_API_KEY",
                  "rk_test"));
      assertThat(new ObjectMapper().readTree(printed).get("orderId").asText()).isEqualTo("web-1");
    } finally {
      server.stop(0);
    }
    assertThat(asked).hasSize(2).allMatch(one -> one.equals(asked.get(0)));
    Asked last = asked.get(1);
    assertThat(last.line()).isEqualTo("POST /api/orders");
    assertThat(last.authorization()).isEqualTo("Bearer rk_test");
    assertThat(last.idempotencyKey()).isEqualTo("web-1");
    assertThat(last.contentType()).isEqualTo("application/json");
    assertThat(last.body())
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    "{\"orderId\":\"web-1\",\"userId\":\"u\\\"1\",\"amount\":59.90,\"currency\":\"EUR\"}"));
  }

  private static Stream<Arguments> overHttp() {
    return Stream.of(
        Arguments.of("curl", List.of("bash", "place-order.sh")),
        Arguments.of("python3", List.of("python3", "place_order.py")));
  }

  private record Asked(
      String line,
      String authorization,
      String idempotencyKey,
      String contentType,
      JsonNode body) {}

  /** Busy at first, as an API is now and then. */
  private static void answer(HttpExchange exchange, List<Asked> asked) throws IOException {
    asked.add(
        new Asked(
            exchange.getRequestMethod() + " " + exchange.getRequestURI(),
            exchange.getRequestHeaders().getFirst("Authorization"),
            exchange.getRequestHeaders().getFirst("Idempotency-Key"),
            exchange.getRequestHeaders().getFirst("Content-Type"),
            new ObjectMapper().readTree(exchange.getRequestBody().readAllBytes())));
    boolean busy = asked.size() == 1;
    byte[] body = (busy ? "{}" : "{\"orderId\":\"web-1\"}").getBytes(UTF_8);
    if (busy) {
      exchange.getResponseHeaders().set("Retry-After", "1");
    }
    exchange.sendResponseHeaders(busy ? 429 : 201, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  /** What a command prints; fails unless it ends well. */
  private static String run(List<String> command, Map<String, String> environment)
      throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(PRODUCERS.toFile());
    builder.environment().putAll(environment);
    Path output = Files.createTempFile("producer", ".out");
    Path errors = Files.createTempFile("producer", ".err");
    builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
      String printed = Files.readString(output).strip();
      assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
      return printed;
    } finally {
      process.destroyForcibly();
      Files.delete(output);
      Files.delete(errors);
    }
  }
}
