package io.rekindle.platform.settings;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * One setting of a program: its names, its meaning and its values. {@link ProgramSettings#declare}
 * creates it. Immutable.
 *
 * @param <T> type of the value; an {@link Optional} if the setting may be absent
 */
public final class Setting<T> {

  private final String key;
  private final SettingType<?> type;
  private final boolean secret;
  private final String renamedFrom;
  private final String oldUnit;
  private final String defaultText;
  private final boolean required;
  private final String description;
  private final Function<String, T> reader;
  private final T absent;

  private Setting(
      Declaration<?> declaration,
      String defaultText,
      boolean required,
      String description,
      Function<String, T> reader,
      T absent) {
    this.key = declaration.key;
    this.type = declaration.type;
    this.secret = declaration.secret;
    this.renamedFrom = declaration.renamedFrom;
    this.oldUnit = declaration.oldUnit;
    this.defaultText = defaultText;
    this.required = required;
    this.description = description;
    this.reader = reader;
    this.absent = absent;
  }

  /** The key in arguments and properties files, such as {@code kafka.group-id}. */
  public String key() {
    return key;
  }

  /** The argument that precedes the value. */
  public String argument() {
    return "--" + key;
  }

  /** The environment variable: the key in upper case after {@code REKINDLE_}. */
  public String variable() {
    return variable(key);
  }

  static String variable(String key) {
    return "REKINDLE_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** The effect of the setting, in one or two sentences. */
  public String description() {
    return description;
  }

  /** Completes "give …", such as "a whole number from 1 to 10". */
  public String expected() {
    return type.expected();
  }

  /** The text of the default; null without a default. */
  public String defaultText() {
    return defaultText;
  }

  /** Whether the program refuses to start without the setting. */
  public boolean required() {
    return required;
  }

  /** Whether the value is secret: never printed, and never taken from an argument. */
  public boolean secret() {
    return secret;
  }

  /** Whether a message may repeat the text of the setting. */
  boolean quoted() {
    return type.quoted() && !secret;
  }

  /** The old key, which still works; null without one. */
  public String renamedFrom() {
    return renamedFrom;
  }

  /** The text of the old key in the grammar of the new one. */
  String translate(String oldText) {
    return oldUnit == null ? oldText : oldText + " " + oldUnit;
  }

  /** The value without a source; null for a required setting. */
  T absent() {
    return absent;
  }

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException if the type refuses the text
   */
  T parse(String text) {
    return reader.apply(text);
  }

  /** An incomplete setting. The last call completes it, and says whether it may be absent. */
  public static final class Declaration<T> {

    private final ProgramSettings program;
    private final String key;
    private final SettingType<T> type;
    private boolean secret;
    private String renamedFrom;
    private String oldUnit;

    Declaration(ProgramSettings program, String key, SettingType<T> type) {
      this.program = program;
      this.key = key;
      this.type = type;
    }

    /** Makes the value secret: never printed, and never taken from an argument. */
    public Declaration<T> secret() {
      secret = true;
      return this;
    }

    /**
     * Accepts an older key, too, and reports its use.
     *
     * @param oldKey such as {@code lease-seconds}
     * @param unit appended to the old text, such as {@code s}; null for none
     */
    public Declaration<T> renamedFrom(String oldKey, String unit) {
      renamedFrom = oldKey;
      oldUnit = unit;
      return this;
    }

    /** Completes a setting without which the program refuses to start. */
    public Setting<T> required(String description) {
      return program.add(new Setting<>(this, null, true, description, type.parser(), null));
    }

    /** Completes a setting with a default. */
    public Setting<T> withDefault(String text, String description) {
      T value = type.parser().apply(text);
      return program.add(new Setting<>(this, text, false, description, type.parser(), value));
    }

    /** Completes a setting that is empty without a source. */
    public Setting<Optional<T>> optional(String description) {
      return program.add(
          new Setting<>(
              this,
              null,
              false,
              description,
              text -> Optional.of(type.parser().apply(text)),
              Optional.empty()));
    }
  }
}
