package io.rekindle.dashboard.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The network of an address, by which limits count: an IPv4 address, or the /64 of an IPv6 address,
 * which one subscriber has whole.
 */
public final class AddressGroup {

  private static final Pattern IPV4_WITH_PORT = Pattern.compile("([0-9.]{7,15}):[0-9]{1,5}");

  /** Without letters beyond hexadecimal digits, so that no name is ever looked up. */
  private static final Pattern IPV6 =
      Pattern.compile("\\[?([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)(?:%[^\\]]*)?(?:\\](?::[0-9]{1,5})?)?");

  private static final int PREFIX_BYTES = 8;

  private AddressGroup() {}

  /** Any text that is not an address is a group of its own. */
  public static String of(String address) {
    Matcher ipv4 = IPV4_WITH_PORT.matcher(address);
    if (ipv4.matches()) {
      return ipv4.group(1);
    }
    Matcher ipv6 = IPV6.matcher(address);
    if (!ipv6.matches()) {
      return address;
    }
    try {
      InetAddress parsed = InetAddress.getByName(ipv6.group(1));
      byte[] bytes = parsed.getAddress();
      return bytes.length == 4
          ? parsed.getHostAddress()
          : HexFormat.of().formatHex(bytes, 0, PREFIX_BYTES) + "/64";
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
