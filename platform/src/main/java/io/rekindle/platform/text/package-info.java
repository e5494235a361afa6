/** Text that every module reads or writes in one way. */
package io.rekindle.platform.text;
