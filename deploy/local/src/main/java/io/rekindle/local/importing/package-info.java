/** Imports a shop's history from CSV files. */
package io.rekindle.local.importing;
