/** Child processes: starting, watching and ending them. */
package io.rekindle.local.process;
