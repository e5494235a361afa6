/** The writer that asks a language model. */
package io.rekindle.email.llm;
