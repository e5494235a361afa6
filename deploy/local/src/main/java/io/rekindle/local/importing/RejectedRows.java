package io.rekindle.local.importing;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Writes the rejected rows of a file to {@code NAME.rejected.csv} beside it, with line number,
 * reason and the original row. A repaired row can be imported from there. The file exists only
 * while there are rejected rows.
 */
final class RejectedRows implements Closeable {

  private final Path path;
  private final List<String> header;
  private CSVPrinter printer;
  private long count;

  RejectedRows(Path input, List<String> header) throws IOException {
    this.path = fileFor(input);
    this.header = header;
    Files.deleteIfExists(path);
  }

  static Path fileFor(Path input) {
    return input.resolveSibling(input.getFileName() + ".rejected.csv");
  }

  void add(CsvFile.Row row, String reason) throws IOException {
    if (printer == null) {
      BufferedWriter writer = Files.newBufferedWriter(path, StandardCharsets.UTF_8);
      printer = new CSVPrinter(writer, CSVFormat.RFC4180.builder().setRecordSeparator('\n').get());
      List<String> columns = new ArrayList<>(List.of("line", "reason"));
      columns.addAll(header);
      printer.printRecord(columns);
    }
    List<String> values = new ArrayList<>(List.of(Long.toString(row.line()), reason));
    values.addAll(row.values());
    printer.printRecord(values);
    count++;
  }

  Path path() {
    return path;
  }

  long count() {
    return count;
  }

  @Override
  public void close() throws IOException {
    if (printer != null) {
      printer.close(true);
    }
  }
}
