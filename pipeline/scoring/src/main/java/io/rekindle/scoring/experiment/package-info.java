/** Statistics of experiments: intervals that hold at every look, and the size of an experiment. */
package io.rekindle.scoring.experiment;
