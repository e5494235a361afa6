/** Common parts of all users of Postgres: transient failures, retries, and arrays for unnest. */
package io.rekindle.platform.jdbc;
