/** Orders from files for {@link io.rekindle.prediction}. */
package io.rekindle.local.prediction;
