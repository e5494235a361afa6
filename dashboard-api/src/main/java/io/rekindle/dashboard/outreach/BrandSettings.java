package io.rekindle.dashboard.outreach;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.email.Brand;
import io.rekindle.email.Brand.Contrast;
import io.rekindle.email.Brand.Font;
import io.rekindle.email.Brand.Palette;
import io.rekindle.email.Colour;
import io.rekindle.email.LogoImage;
import io.rekindle.email.sender.mail.MailAddress;
import io.rekindle.platform.text.Digest;
import java.net.URI;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * A row of engagement.brands, as {@link Brand} has it.
 *
 * @param version counts the brands of the shop, from 1
 * @param background the first of six colours as in #7a3b1d
 */
public record BrandSettings(
    int version,
    String logoUrl,
    String logoData,
    String background,
    String paper,
    String text,
    String accent,
    String buttonText,
    String footerText,
    Font headingFont,
    Font bodyFont,
    String footer,
    String senderName,
    String replyTo,
    String createdBy,
    Instant createdAt) {

  private static final int MAX_URL = 1_000;
  private static final int MAX_ADDRESS = 320;

  private static final String COLUMNS =
      """
      version, logo_url, logo_data, background, paper, text_color as text, accent, button_text,
      footer_text, heading_font, body_font, footer, sender_name, reply_to, created_by, created_at
      """;

  /** The brand in force. */
  static BrandSettings read(Handle handle) {
    return handle
        .createQuery("select " + COLUMNS + " from engagement.brands order by version desc limit 1")
        .mapTo(BrandSettings.class)
        .one();
  }

  /** A brand of before. */
  static BrandSettings read(Handle handle, int version) {
    return handle
        .createQuery("select " + COLUMNS + " from engagement.brands where version = :version")
        .bind("version", version)
        .mapTo(BrandSettings.class)
        .one();
  }

  /** Locks the brand until the transaction ends. */
  static BrandSettings lock(Handle handle) {
    handle.execute("select pg_advisory_xact_lock(hashtext('dashboard.brands'))");
    return read(handle);
  }

  /** This with the fields that a request names; mistakes are the fields' to tell. */
  BrandSettings with(JsonFields body) {
    int before = body.mistakes();
    String url = body.has("logoUrl") ? logoUrl(body) : logoUrl;
    String data = body.has("logoData") ? logoData(body) : logoData;
    if (url != null && data != null) {
      // Of a stored one and a new one, the new one is meant.
      if (body.has("logoUrl") && body.has("logoData")) {
        body.reject("logoUrl", "cannot be there beside logoData: an email has one logo.");
      } else if (body.has("logoUrl")) {
        data = null;
      } else {
        url = null;
      }
    }
    BrandSettings changed =
        new BrandSettings(
            version,
            url,
            data,
            requireNonNullElse(colour(body, "background"), background),
            requireNonNullElse(colour(body, "paper"), paper),
            requireNonNullElse(colour(body, "text"), text),
            requireNonNullElse(colour(body, "accent"), accent),
            requireNonNullElse(colour(body, "buttonText"), buttonText),
            requireNonNullElse(colour(body, "footerText"), footerText),
            requireNonNullElse(body.oneOf("headingFont", Font.class), headingFont),
            requireNonNullElse(body.oneOf("bodyFont", Font.class), bodyFont),
            body.has("footer") ? line(body, "footer", Brand.MAX_FOOTER) : footer,
            body.has("senderName") ? line(body, "senderName", Brand.MAX_SENDER_NAME) : senderName,
            body.has("replyTo") ? replyTo(body) : replyTo,
            createdBy,
            createdAt);
    if (body.mistakes() == before) {
      for (Contrast low : changed.brand().tooLow()) {
        body.reject(
            low.text(),
            "%s on %s has a contrast of %s; text needs at least %s:1."
                .formatted(low.text(), low.ground(), low.shown(), Brand.MIN_CONTRAST));
      }
    }
    return changed;
  }

  BrandSettings insert(Handle handle, String by) {
    return handle
        .createQuery(
            """
            insert into engagement.brands (logo_url, logo_data, background, paper, text_color,
              accent, button_text, footer_text, heading_font, body_font, footer, sender_name,
              reply_to, created_by)
            values (:logoUrl, :logoData, :background, :paper, :text, :accent, :buttonText,
              :footerText, :headingFont, :bodyFont, :footer, :senderName, :replyTo, :by)
            returning
            """
                + COLUMNS)
        .bindMethods(this)
        .bind("by", by)
        .mapTo(BrandSettings.class)
        .one();
  }

  /** As the writer has it. */
  Brand brand() {
    return new Brand(
        version,
        logoUrl,
        logoData,
        new Palette(
            Colour.parse(background),
            Colour.parse(paper),
            Colour.parse(text),
            Colour.parse(accent),
            Colour.parse(buttonText),
            Colour.parse(footerText)),
        headingFont,
        bodyFont,
        footer,
        senderName,
        replyTo);
  }

  /** Without the image, for the audit log, which tells it by a hash. */
  @JsonIgnore
  BrandSettings withoutImage() {
    return new BrandSettings(
        version,
        logoUrl,
        logoData == null ? null : "sha256:" + HexFormat.of().formatHex(Digest.of(logoData), 0, 16),
        background,
        paper,
        text,
        accent,
        buttonText,
        footerText,
        headingFont,
        bodyFont,
        footer,
        senderName,
        replyTo,
        createdBy,
        createdAt);
  }

  private static String colour(JsonFields body, String name) {
    return parsed(
        body, name, 7, "has to be a colour such as #7a3b1d.", c -> Colour.parse(c).toString());
  }

  private static String logoUrl(JsonFields body) {
    return parsed(
        body,
        "logoUrl",
        MAX_URL,
        "has to be an address with https, such as https://shop.example/logo.png.",
        url -> {
          URI uri = URI.create(url);
          if (!"https".equals(uri.getScheme())
              || uri.getHost() == null
              || uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("not https");
          }
          return uri.toString();
        });
  }

  private static String logoData(JsonFields body) {
    String data = body.text("logoData", LogoImage.MAX_URI + 1_000);
    if (data == null || data.isBlank()) {
      return null;
    }
    try {
      return LogoImage.parse(data).uri();
    } catch (IllegalArgumentException e) {
      body.reject("logoData", e.getMessage() + ".");
      return null;
    }
  }

  private static String replyTo(JsonFields body) {
    return parsed(
        body,
        "replyTo",
        MAX_ADDRESS,
        "has to be an address such as hello@shop.example.",
        address -> MailAddress.parse(address).orElseThrow(IllegalArgumentException::new));
  }

  private static String line(JsonFields body, String name, int max) {
    return parsed(
        body,
        name,
        max,
        "has to be one line.",
        line -> {
          if (line.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a line break");
          }
          return line.strip();
        });
  }

  /** Null if absent or blank, and after a mistake. */
  private static String parsed(
      JsonFields body, String name, int max, String otherwise, Function<String, String> parser) {
    String text = body.text(name, max);
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      body.reject(name, otherwise);
      return null;
    }
  }
}
