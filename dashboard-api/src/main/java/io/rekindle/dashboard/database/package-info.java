/** What all queries share. */
package io.rekindle.dashboard.database;
