/** Policy documents as JSON: strict reading, canonical form, hash and errors. */
package io.rekindle.scoring.document;
