/** Results of experiments. */
package io.rekindle.dashboard.experiments;
