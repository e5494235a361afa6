/** What every user of Postgres shares: transient failures, retries, and arrays for unnest. */
package io.rekindle.platform.jdbc;
