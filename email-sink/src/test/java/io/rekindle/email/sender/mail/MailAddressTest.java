package io.rekindle.email.sender.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailAddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada@example.com",
        "a.b+c_d-e@mail.example.co.uk",
        "o'neill=x/y@example.com",
        "1@2.example",
        "ada@xn--bcher-kva.example"
      })
  void shouldTakeWhatServersTake(String address) {
    assertThat(MailAddress.parse(address)).contains(address);
  }

  @Test
  void shouldWriteDomainsOfOtherScriptsInAscii() {
    assertThat(MailAddress.parse("ada@bücher.example")).contains("ada@xn--bcher-kva.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@localhost",
        "ada@example",
        "ada@127.0.0.1",
        "ada@[127.0.0.1]",
        "ada@-a.example",
        "ada@a..example",
        "ada@example.com.",
        ".ada@example.com",
        "a..b@example.com",
        "a b@example.com",
        "\"a b\"@example.com",
        "ada@example.com, bea@example.com",
        "Ada <ada@example.com>",
        "<ada@example.com>",
        "ada@bea@example.com",
        "ada@example.com\r\nBcc: bea@example.com",
        "ada@example.com\r\n",
        "ada\n@example.com",
        "ada@exam\u0000ple.com",
        "ädä@example.com",
        "ada@example.com\u202e",
        "ada@exa\tmple.com",
        "a;b@example.com",
        "ada@example.com SIZE=1",
        "ada@example.com>"
      })
  void shouldRefuseEverythingElse(String text) {
    assertThat(MailAddress.parse(text)).isEmpty();
  }

  @Test
  void shouldRefuseWhatIsTooLong() {
    assertThat(MailAddress.parse("a".repeat(64) + "@example.com")).isPresent();
    assertThat(MailAddress.parse("a".repeat(65) + "@example.com")).isEmpty();
    assertThat(MailAddress.parse("a@" + "b".repeat(64) + ".example")).isEmpty();
    assertThat(MailAddress.parse("a@" + "b.".repeat(130) + "example")).isEmpty();
    assertThat(MailAddress.parse(null)).isEmpty();
  }
}
