package io.rekindle.dashboard.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressGroupTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "192.0.2.7:51234, 192.0.2.7",
    "::ffff:192.0.2.7, 192.0.2.7",
    "2001:db8:1:2:3:4:5:6, 20010db800010002/64",
    "2001:DB8:1:2::, 20010db800010002/64",
    "[2001:db8:1:2::9], 20010db800010002/64",
    "[2001:db8:1:2::9]:443, 20010db800010002/64",
    "fe80::1%eth0, fe80000000000000/64",
    "a::b::c, a::b::c",
    "unknown, unknown",
    "host:example, host:example"
  })
  void shouldCountByTheNetworkThatOneSubscriberHas(String address, String group) {
    assertThat(AddressGroup.of(address)).isEqualTo(group);
  }

  @Test
  void shouldPutExactlyTheAddressesOfOnePrefixTogether() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("AddressGroupTest seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] one = new byte[16];
      random.nextBytes(one);
      byte[] other = one.clone();
      int changed = random.nextInt(16);
      other[changed] ^= (byte) (1 << random.nextInt(8));
      boolean together = Arrays.equals(one, 0, 8, other, 0, 8);

      assertThat(AddressGroup.of(text(one)).equals(AddressGroup.of(text(other))))
          .as("seed %d: %s and %s", seed, text(one), text(other))
          .isEqualTo(together);
    }
  }

  private static String text(byte[] address) throws Exception {
    return InetAddress.getByAddress(address).getHostAddress();
  }
}
