/** Prepares the database for capture and job: tables, clock rows, policies. */
package io.rekindle.connectors.schema;
