/** Reads and shows dead letters. */
package io.rekindle.local.deadletters;
