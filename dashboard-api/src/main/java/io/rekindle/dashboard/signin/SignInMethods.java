package io.rekindle.dashboard.signin;

/**
 * In which ways people can sign in.
 *
 * @param passwords whether by a password of the dashboard's own
 * @param provider name of an OpenID provider; null if there is none
 */
public record SignInMethods(boolean passwords, String provider) {}
