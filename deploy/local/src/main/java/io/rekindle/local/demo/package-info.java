/** A made-up shop for a demo: its history and its new orders. */
package io.rekindle.local.demo;
