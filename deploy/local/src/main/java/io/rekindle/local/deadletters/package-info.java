/** Looking at what the pipeline could not read, and giving it another try. */
package io.rekindle.local.deadletters;
