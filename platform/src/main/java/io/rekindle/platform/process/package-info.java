/** What concerns a whole process, such as its end after an error. */
package io.rekindle.platform.process;
