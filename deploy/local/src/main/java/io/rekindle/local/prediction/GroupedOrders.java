package io.rekindle.local.prediction;

import io.rekindle.local.importing.OrderFile;
import io.rekindle.local.importing.OrderRow;
import io.rekindle.local.terminal.Progress;
import io.rekindle.platform.text.CurrencyCodes;
import io.rekindle.platform.text.Digest;
import io.rekindle.prediction.ClientStream;
import io.rekindle.prediction.ShopOrders;
import io.rekindle.scoring.orders.OrderTable;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The orders of a CSV file by client, in a temporary file: rows of a file have any sequence, and a
 * fit reads client by client, several times. Memory holds the clients of one of {@value #PARTS}
 * parts. The last of several rows with one order id counts, as in an import.
 */
public final class GroupedOrders implements ShopOrders, Closeable {

  private static final int PARTS = 64;
  private static final int BUFFER = 1 << 16;
  private static final String CLIENTS = "clients";

  private final Path directory;
  private final long rows;
  private long repeated;

  private record Order(long placedAt, long netMinor) {}

  /**
   * Reads a file.
   *
   * @throws io.rekindle.local.terminal.Failure if the file cannot be read or a row is invalid; the
   *     message names the line, the column and the fix
   */
  public static GroupedOrders read(Path file, Progress progress) throws IOException {
    Path directory = Files.createTempDirectory("rekindle-orders");
    try {
      return new GroupedOrders(directory, file, progress);
    } catch (IOException | RuntimeException e) {
      delete(directory);
      throw e;
    }
  }

  private GroupedOrders(Path directory, Path file, Progress progress) throws IOException {
    this.directory = directory;
    rows = divide(file, progress);
    progress.step("sorting " + file.getFileName());
    try (DataOutputStream clients = output(clients())) {
      for (int part = 0; part < PARTS; part++) {
        group(part, clients);
      }
    }
  }

  /** The rows of the file. */
  public long rows() {
    return rows;
  }

  /** Rows whose order id comes again further down, which do not count. */
  public long repeated() {
    return repeated;
  }

  private long divide(Path file, Progress progress) throws IOException {
    List<DataOutputStream> parts = new ArrayList<>();
    try {
      for (int part = 0; part < PARTS; part++) {
        parts.add(output(rowsOf(part)));
      }
      return OrderFile.read(
          file,
          progress,
          order -> write(order, parts.get(Math.floorMod(order.userId().hashCode(), PARTS))));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      for (DataOutputStream part : parts) {
        part.close();
      }
    }
  }

  private static void write(OrderRow order, DataOutputStream part) {
    BigDecimal net =
        order.status().equals("PLACED")
            ? order.amount().subtract(order.refundedAmount())
            : BigDecimal.ZERO;
    try {
      part.writeUTF(order.userId());
      part.writeLong(ByteBuffer.wrap(Digest.of(order.orderId())).getLong());
      part.writeLong(order.placedAt().toEpochMilli());
      part.writeLong(net.movePointRight(2).longValueExact());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void group(int part, DataOutputStream clients) throws IOException {
    Map<String, Map<Long, Order>> byUser = new LinkedHashMap<>();
    try (DataInputStream in = input(rowsOf(part))) {
      while (true) {
        String userId = in.readUTF();
        long order = in.readLong();
        Map<Long, Order> orders = byUser.computeIfAbsent(userId, user -> new HashMap<>());
        if (orders.put(order, new Order(in.readLong(), in.readLong())) != null) {
          repeated++;
        }
      }
    } catch (EOFException endOfFile) {
      // Every row is complete, since the writer has closed the file.
    }
    Files.delete(rowsOf(part));
    OrderTable table = new OrderTable();
    for (Map.Entry<String, Map<Long, Order>> user : byUser.entrySet()) {
      List<Order> orders = new ArrayList<>(user.getValue().values());
      orders.sort(Comparator.comparingLong(Order::placedAt).thenComparingLong(Order::netMinor));
      table.clear();
      orders.forEach(order -> table.add(order.placedAt(), order.netMinor(), CurrencyCodes.BASE));
      ClientStream.write(user.getKey(), table, clients);
    }
  }

  @Override
  public void forEachClient(Visitor visitor) {
    try (DataInputStream in = input(clients())) {
      ClientStream.read(in, visitor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path rowsOf(int part) {
    return directory.resolve("rows-" + part);
  }

  private Path clients() {
    return directory.resolve(CLIENTS);
  }

  private static DataOutputStream output(Path file) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
  }

  private static DataInputStream input(Path file) throws IOException {
    return new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
  }

  @Override
  public void close() throws IOException {
    delete(directory);
  }

  private static void delete(Path directory) throws IOException {
    for (int part = 0; part < PARTS; part++) {
      Files.deleteIfExists(directory.resolve("rows-" + part));
    }
    Files.deleteIfExists(directory.resolve(CLIENTS));
    Files.deleteIfExists(directory);
  }
}
