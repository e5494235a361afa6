/** From what is known about a client to one good email to them. */
package io.rekindle.email;
