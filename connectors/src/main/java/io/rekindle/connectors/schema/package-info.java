/** What the database needs before capture and job can start: tables, clock rows, policies. */
package io.rekindle.connectors.schema;
