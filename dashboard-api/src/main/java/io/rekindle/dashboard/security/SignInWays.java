package io.rekindle.dashboard.security;

/**
 * In which ways people can sign in.
 *
 * @param passwords whether by a password of the dashboard's own
 * @param provider name of an OpenID provider; null if there is none
 */
public record SignInWays(boolean passwords, String provider) {}
