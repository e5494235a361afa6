/** The record of every change that a person or a key made. */
package io.rekindle.dashboard.audit;
