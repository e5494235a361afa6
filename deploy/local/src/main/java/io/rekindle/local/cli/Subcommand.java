package io.rekindle.local.cli;

/**
 * A command of another module. {@link Rekindle} finds it by {@link java.util.ServiceLoader}, so
 * that this module does not depend on the other. An implementation is a picocli command with a
 * public constructor without parameters.
 */
public interface Subcommand {}
