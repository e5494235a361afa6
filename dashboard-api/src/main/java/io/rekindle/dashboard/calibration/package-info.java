/** How the live probabilities of past months came true. */
package io.rekindle.dashboard.calibration;
