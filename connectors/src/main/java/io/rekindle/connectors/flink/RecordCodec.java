package io.rekindle.connectors.flink;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes and reads records by their components. {@link RecordSerializer} describes the format.
 *
 * <p>A codec is thread-safe, a {@link Binary} is not.
 */
abstract class RecordCodec {

  abstract void write(Object value, Binary texts, DataOutputView out) throws IOException;

  abstract Object read(Binary texts, DataInputView in) throws IOException;

  /** The value of a component that stored bytes lack, since a later version added it. */
  Object absent() {
    return null;
  }

  /**
   * Returns the codec of a type.
   *
   * @param argument the value of the type variable; null if the type has none
   * @throws IllegalArgumentException if the type has no form in bytes
   */
  static RecordCodec of(Type type, Class<?> argument) {
    if (LeafCodec.BY_TYPE.containsKey(type)) {
      return LeafCodec.BY_TYPE.get(type);
    }
    if (type instanceof TypeVariable<?>) {
      return of(argument, null);
    }
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return new ListCodec(of(list.getActualTypeArguments()[0], argument));
    }
    if (type instanceof Class<?> known) {
      if (known.isRecord()) {
        return new ComponentsCodec(known, argument);
      }
      if (known.isEnum()) {
        return new EnumCodec(known.getEnumConstants());
      }
      if (known.isSealed()) {
        return new SealedCodec(known);
      }
    }
    throw new IllegalArgumentException("RecordCodec has no form for " + type + ": add one");
  }

  /** One plus the number of elements, then each; 0 is null. */
  private static final class ListCodec extends RecordCodec {

    private final RecordCodec elements;

    ListCodec(RecordCodec elements) {
      this.elements = elements;
    }

    @Override
    void write(Object value, Binary texts, DataOutputView out) throws IOException {
      List<?> list = (List<?>) value;
      Binary.writeLength(list == null ? -1 : list.size(), out);
      if (list != null) {
        for (Object element : list) {
          elements.write(element, texts, out);
        }
      }
    }

    @Override
    Object read(Binary texts, DataInputView in) throws IOException {
      int size = Binary.readLength(in);
      if (size < 0) {
        return null;
      }
      List<Object> list = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        list.add(elements.read(texts, in));
      }
      return list;
    }
  }

  /** The constant's name. */
  private static final class EnumCodec extends RecordCodec {

    private final Object[] constants;

    EnumCodec(Object[] constants) {
      this.constants = constants;
    }

    @Override
    void write(Object value, Binary texts, DataOutputView out) throws IOException {
      texts.writeText(value == null ? null : ((Enum<?>) value).name(), out);
    }

    @Override
    Object read(Binary texts, DataInputView in) throws IOException {
      String name = texts.readText(in);
      if (name == null) {
        return null;
      }
      for (Object constant : constants) {
        if (((Enum<?>) constant).name().equals(name)) {
          return constant;
        }
      }
      throw new IOException(
          constants.getClass().getComponentType().getSimpleName() + " has no constant " + name);
    }
  }

  /** The simple name of the record's class, then the record. */
  private static final class SealedCodec extends RecordCodec {

    private final List<Class<?>> types;
    private final List<RecordCodec> codecs = new ArrayList<>();

    SealedCodec(Class<?> sealed) {
      types = List.of(sealed.getPermittedSubclasses());
      for (Class<?> type : types) {
        codecs.add(of(type, null));
      }
    }

    @Override
    void write(Object value, Binary texts, DataOutputView out) throws IOException {
      texts.writeText(value == null ? null : value.getClass().getSimpleName(), out);
      if (value != null) {
        codecs.get(types.indexOf(value.getClass())).write(value, texts, out);
      }
    }

    @Override
    Object read(Binary texts, DataInputView in) throws IOException {
      String name = texts.readText(in);
      if (name == null) {
        return null;
      }
      for (int i = 0; i < types.size(); i++) {
        if (types.get(i).getSimpleName().equals(name)) {
          return codecs.get(i).read(texts, in);
        }
      }
      throw new IOException("None of " + types + " has the name " + name);
    }
  }

  /** The number of components, then each; 0 is null. */
  private static final class ComponentsCodec extends RecordCodec {

    private final String name;
    private final Method[] accessors;
    private final RecordCodec[] codecs;
    private final Constructor<?> constructor;

    ComponentsCodec(Class<?> type, Class<?> argument) {
      RecordComponent[] components = type.getRecordComponents();
      name = type.getSimpleName();
      accessors = new Method[components.length];
      codecs = new RecordCodec[components.length];
      for (int i = 0; i < components.length; i++) {
        accessors[i] = components[i].getAccessor();
        accessors[i].setAccessible(true);
        codecs[i] = of(components[i].getGenericType(), argument);
      }
      try {
        constructor =
            type.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException("Every record has its canonical constructor", e);
      }
      constructor.setAccessible(true);
    }

    @Override
    void write(Object value, Binary texts, DataOutputView out) throws IOException {
      if (value == null) {
        out.writeByte(0);
        return;
      }
      out.writeByte(codecs.length);
      try {
        for (int i = 0; i < codecs.length; i++) {
          codecs[i].write(accessors[i].invoke(value), texts, out);
        }
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IOException("A component of " + name + " cannot be read", e);
      }
    }

    @Override
    Object read(Binary texts, DataInputView in) throws IOException {
      int stored = in.readByte();
      if (stored == 0) {
        return null;
      }
      if (stored > codecs.length) {
        throw new IOException(
            name
                + " was written with "
                + stored
                + " components, and this job knows "
                + codecs.length
                + ": it was written by a newer job, use that job to read it");
      }
      Object[] values = new Object[codecs.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = i < stored ? codecs[i].read(texts, in) : codecs[i].absent();
      }
      try {
        return constructor.newInstance(values);
      } catch (ReflectiveOperationException e) {
        throw new IOException("No " + name + " can be made of what is stored", e);
      }
    }
  }
}
