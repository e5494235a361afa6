/** Checks what a model wrote. */
package io.rekindle.email.check;
