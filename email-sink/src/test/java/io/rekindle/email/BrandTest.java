package io.rekindle.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.email.Brand.Palette;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrandTest {

  /** The ratios are those of the WebAIM contrast checker. */
  @ParameterizedTest
  @CsvSource({
    "#000000, #ffffff, 21.0",
    "#ffffff, #ffffff, 1.0",
    "#777777, #ffffff, 4.48",
    "#767676, #ffffff, 4.54",
    "#0000ff, #ffffff, 8.59",
    "#ff0000, #ffffff, 4.0",
  })
  void shouldMeasureContrastAsWcagDefinesIt(String text, String ground, double ratio) {
    Colour one = Colour.parse(text);
    Colour other = Colour.parse(ground);

    assertThat(one.contrastWith(other)).isCloseTo(ratio, within(0.01));
    assertThat(other.contrastWith(one)).isEqualTo(one.contrastWith(other));
  }

  @Test
  void shouldNameThePairsThatCannotBeRead() {
    Colour grey = Colour.parse("#777777");
    Palette palette =
        new Palette(Colour.WHITE, Colour.WHITE, grey, Colour.BLACK, Colour.WHITE, Colour.BLACK);
    Brand brand =
        new Brand(2, null, null, palette, Brand.Font.VERDANA, Brand.Font.VERDANA, null, null, null);

    assertThat(brand.tooLow()).hasSize(1);
    assertThat(brand.tooLow().get(0).text()).isEqualTo("text");
    assertThat(brand.tooLow().get(0).ground()).isEqualTo("paper");
    assertThat(brand.tooLow().get(0).shown()).isEqualTo("4.4:1");
    assertThat(Brand.DEFAULT.tooLow()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "red", "#fff", "#12345g", "7a3b1d", "#7a3b1d ", "#7a3b1d;color:red"})
  void shouldRefuseWhatIsNoColour(String text) {
    assertThatThrownBy(() -> Colour.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldReadAColourAsItIsWritten() {
    assertThat(Colour.parse("#7A3b1d")).hasToString("#7a3b1d");
    assertThat(Colour.parse("#00000f")).hasToString("#00000f");
  }

  @Test
  void shouldTakeLogosByTheirContents() throws Exception {
    LogoImage png = LogoImage.parse(image("png", "image/png", 40, 20));
    LogoImage jpeg = LogoImage.parse(image("jpg", "image/png", 40, 20));

    assertThat(png.type()).isEqualTo("image/png");
    assertThat(jpeg.type()).as("although it is declared as PNG").isEqualTo("image/jpeg");
    assertThat(LogoImage.parse(png.uri())).isEqualTo(png);
  }

  @Test
  void shouldRefuseLogosThatAreTooLargeBrokenOrScripts() throws Exception {
    assertRefused(image("png", "image/png", 2_001, 1), "2000 pixels");
    assertRefused(uri("image/png", new byte[LogoImage.MAX_BYTES + 1]), "at most 48 KB");
    assertRefused(
        uri("image/png", "<svg onload='x'/>".getBytes(StandardCharsets.UTF_8)), "PNG or JPEG");
    assertRefused("data:image/svg+xml;base64,PHN2Zz4=", "PNG or JPEG");
    assertRefused("https://shop.example/logo.png", "PNG or JPEG");
    assertRefused("data:image/png;base64,iVBORw0KGgo=", "PNG or JPEG");
    assertRefused("data:image/png;base64,AA=A", "PNG or JPEG");
  }

  private static void assertRefused(String uri, String reason) {
    assertThatThrownBy(() -> LogoImage.parse(uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  private static String image(String format, String type, int width, int height) throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, file);
    return uri(type, file.toByteArray());
  }

  private static String uri(String type, byte[] file) {
    return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(file);
  }
}
