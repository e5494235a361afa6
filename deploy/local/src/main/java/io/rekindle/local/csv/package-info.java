/** Reads tables of text as people export them, whatever their encoding and separator. */
package io.rekindle.local.csv;
