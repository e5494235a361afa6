package io.rekindle.job.state;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes a whole number from 0 to 127 as one byte, and any other number as nine. */
final class CompactDouble {

  private static final int NOT_SMALL = -1;

  private CompactDouble() {}

  static void write(double number, DataOutputView out) throws IOException {
    int whole = (int) number;
    if (whole == number && whole >= 0 && whole <= Byte.MAX_VALUE) {
      out.writeByte(whole);
    } else {
      out.writeByte(NOT_SMALL);
      out.writeDouble(number);
    }
  }

  static double read(DataInputView in) throws IOException {
    byte whole = in.readByte();
    return whole == NOT_SMALL ? in.readDouble() : whole;
  }
}
