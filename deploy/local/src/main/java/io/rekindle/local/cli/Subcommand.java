package io.rekindle.local.cli;

/**
 * A command of another module. {@link Rekindle} finds it by {@link java.util.ServiceLoader}, so
 * that this module need not know the module that adds it. Implementations are picocli commands with
 * a public constructor without parameters.
 */
public interface Subcommand {}
