/** Bringing a shop's own history in from CSV files. */
package io.rekindle.local.importing;
