package io.rekindle.connectors.flink;

import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The codec of a type without parts. */
final class LeafCodec<V> extends RecordCodec {

  /** Writes a value, which may be null unless its type is primitive. */
  private interface Writer<V> {
    void write(V value, Binary texts, DataOutputView out) throws IOException;
  }

  private interface Reader<V> {
    V read(Binary texts, DataInputView in) throws IOException;
  }

  static final Map<Type, RecordCodec> BY_TYPE =
      Map.of(
          String.class,
          new LeafCodec<String>(
              (text, texts, out) -> texts.writeText(text, out), Binary::readText, null),
          BigDecimal.class,
          new LeafCodec<>(LeafCodec::writeDecimal, LeafCodec::readDecimal, null),
          Instant.class,
          new LeafCodec<>(LeafCodec::writeInstant, LeafCodec::readInstant, null),
          byte[].class,
          new LeafCodec<>(LeafCodec::writeBytes, LeafCodec::readBytes, null),
          double[].class,
          new LeafCodec<>(LeafCodec::writeDoubles, LeafCodec::readDoubles, null),
          long.class,
          new LeafCodec<Long>(
              (number, texts, out) -> Binary.writeSigned(number, out),
              (texts, in) -> Binary.readSigned(in),
              0L),
          int.class,
          new LeafCodec<Integer>(
              (number, texts, out) -> Binary.writeSigned(number, out),
              (texts, in) -> Math.toIntExact(Binary.readSigned(in)),
              0),
          double.class,
          new LeafCodec<Double>(
              (number, texts, out) -> out.writeDouble(number), (texts, in) -> in.readDouble(), 0.0),
          boolean.class,
          new LeafCodec<Boolean>(
              (flag, texts, out) -> out.writeBoolean(flag),
              (texts, in) -> in.readBoolean(),
              false));

  private final Writer<V> writer;
  private final Reader<V> reader;
  private final V absent;

  private LeafCodec(Writer<V> writer, Reader<V> reader, V absent) {
    this.writer = writer;
    this.reader = reader;
    this.absent = absent;
  }

  @Override
  @SuppressWarnings("unchecked") // The component of the value has type V.
  void write(Object value, Binary texts, DataOutputView out) throws IOException {
    writer.write((V) value, texts, out);
  }

  @Override
  Object read(Binary texts, DataInputView in) throws IOException {
    return reader.read(texts, in);
  }

  @Override
  Object absent() {
    return absent;
  }

  private static void writeDecimal(BigDecimal decimal, Binary texts, DataOutputView out)
      throws IOException {
    texts.writeText(decimal == null ? null : decimal.toPlainString(), out);
  }

  private static BigDecimal readDecimal(Binary texts, DataInputView in) throws IOException {
    String text = texts.readText(in);
    return text == null ? null : new BigDecimal(text);
  }

  private static void writeInstant(Instant instant, Binary texts, DataOutputView out)
      throws IOException {
    out.writeBoolean(instant != null);
    if (instant != null) {
      Binary.writeSigned(instant.getEpochSecond(), out);
      Binary.writeUnsigned(instant.getNano(), out);
    }
  }

  private static Instant readInstant(Binary texts, DataInputView in) throws IOException {
    return in.readBoolean()
        ? Instant.ofEpochSecond(Binary.readSigned(in), Binary.readUnsigned(in))
        : null;
  }

  private static void writeBytes(byte[] bytes, Binary texts, DataOutputView out)
      throws IOException {
    Binary.writeLength(bytes == null ? -1 : bytes.length, out);
    if (bytes != null) {
      out.write(bytes);
    }
  }

  private static byte[] readBytes(Binary texts, DataInputView in) throws IOException {
    int length = Binary.readLength(in);
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  private static void writeDoubles(double[] numbers, Binary texts, DataOutputView out)
      throws IOException {
    Binary.writeLength(numbers == null ? -1 : numbers.length, out);
    if (numbers != null) {
      for (double number : numbers) {
        out.writeDouble(number);
      }
    }
  }

  private static double[] readDoubles(Binary texts, DataInputView in) throws IOException {
    int length = Binary.readLength(in);
    if (length < 0) {
      return null;
    }
    double[] numbers = new double[length];
    for (int i = 0; i < length; i++) {
      numbers[i] = in.readDouble();
    }
    return numbers;
  }
}
