/**
 * How the dashboard speaks HTTP: who may do what, how requests are read and refused, and how
 * failures look from outside. Independent of the features.
 */
package io.rekindle.dashboard.web;
