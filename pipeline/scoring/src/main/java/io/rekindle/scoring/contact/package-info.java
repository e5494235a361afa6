/** The rule whether the shop may write to a user. Pure, like the score. */
package io.rekindle.scoring.contact;
