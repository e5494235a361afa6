/** All that crosses a process boundary. */
package io.rekindle.connectors;
