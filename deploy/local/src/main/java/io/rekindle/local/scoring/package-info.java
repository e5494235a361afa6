/** The score as a pure function, from one file to another. */
package io.rekindle.local.scoring;
