/** Settings of every program: declaration, reading, {@code --help} and the reference pages. */
package io.rekindle.platform.settings;
