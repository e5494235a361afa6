/** How engaged a user is, as a number from 0 to 100 made by a policy. */
package io.rekindle.scoring;
