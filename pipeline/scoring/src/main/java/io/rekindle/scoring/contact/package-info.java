/** Whether a user may be written to. Pure, like the score. */
package io.rekindle.scoring.contact;
