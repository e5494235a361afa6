package io.rekindle.email.sender.smtp;

import io.rekindle.email.LogoImage;
import io.rekindle.email.UnsubscribeLinks;
import io.rekindle.email.sender.mail.HeaderText;
import io.rekindle.email.sender.outbox.OutgoingMessage;
import io.rekindle.email.sender.outbox.OutgoingMessage.Branding;
import io.rekindle.email.sender.settings.SenderSettings.Identity;
import io.rekindle.platform.text.Digest;
import jakarta.activation.DataHandler;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.UnsupportedEncodingException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Makes a message of a stored email. Its parts are the stored ones, character for character, with
 * the line ends of email. No text of an email can add a header.
 */
final class MessageComposer {

  private static final String UTF_8 = "UTF-8";
  private static final String TEST_MARK = "[Test] ";
  private static final String LOGO = "cid:" + LogoImage.CONTENT_ID;
  private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");

  /** Ids that a Message-ID takes left of the at sign without a change. */
  private static final Pattern PLAIN_ID = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  /** Lines of a message have at most 998 characters (RFC 5322); the header's name needs some. */
  private static final int MAX_LINK = 900;

  /** With "Subject: " before it and its frame an encoded word of so many has 73 characters. */
  private static final int MAX_WORD_BYTES = 39;

  private final Session session;
  private final Identity identity;
  private final UnsubscribeLinks links;

  MessageComposer(Session session, Identity identity, UnsubscribeLinks links) {
    this.session = session;
    this.identity = identity;
    this.links = links;
  }

  /**
   * @param recipient valid
   * @throws MessagingException if the email cannot become a message
   */
  MimeMessage compose(OutgoingMessage email, InternetAddress recipient) throws MessagingException {
    String id = messageId(email.emailId());
    MimeMessage message =
        new MimeMessage(session) {
          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
          }
        };
    Branding branding = email.branding();
    message.setFrom(from(branding.senderName()));
    String replyTo = branding.replyTo() == null ? identity.replyTo() : branding.replyTo();
    if (replyTo != null) {
      message.setHeader("Reply-To", replyTo);
    }
    // Letters other than ASCII stand there as they are (RFC 6532), and have no encoded form.
    message.setHeader("To", recipient.getAddress());
    String subject = HeaderText.of(email.subject());
    message.setHeader("Subject", subject(email.test() ? TEST_MARK + subject : subject));
    if (email.test()) {
      message.setHeader("X-Rekindle-Test", "yes");
    }
    message.setSentDate(Date.from(email.now()));
    message.setHeader("List-Unsubscribe", unsubscribe(email.emailId()));
    message.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"); // RFC 8058
    String text = linked(email, email.text());
    String html = linked(email, email.html());
    LogoImage logo = html.contains(LOGO) ? branding.logo() : null;
    if (html.isBlank()) {
      message.setText(lines(text), UTF_8, "plain");
    } else if (text.isBlank() && logo == null) {
      message.setText(lines(html), UTF_8, "html");
    } else if (text.isBlank()) {
      message.setContent(related(html, logo));
    } else {
      MimeMultipart parts = new MimeMultipart("alternative");
      parts.addBodyPart(part(text, "plain"));
      if (logo == null) {
        parts.addBodyPart(part(html, "html"));
      } else {
        MimeBodyPart withLogo = new MimeBodyPart();
        withLogo.setContent(related(html, logo));
        parts.addBodyPart(withLogo);
      }
      message.setContent(parts);
    }
    message.saveChanges();
    return message;
  }

  /**
   * The id is equal at every attempt, so that a mail program can find a second copy. Ids that other
   * systems chose go in as a hash if they are not plain.
   */
  String messageId(String emailId) {
    String left = PLAIN_ID.matcher(emailId).matches() ? emailId : hash(emailId);
    return "<" + left + "@" + identity.domain() + ">";
  }

  /** A preview is written without an id, so its link is known only here. */
  private String linked(OutgoingMessage email, String content) {
    return email.test()
        ? content.replace(UnsubscribeLinks.PREVIEW, links.url(email.emailId()))
        : content;
  }

  /** The document with the logo that it shows (RFC 2387). */
  private static MimeMultipart related(String html, LogoImage logo) throws MessagingException {
    MimeMultipart related = new MimeMultipart("related");
    related.addBodyPart(part(html, "html"));
    MimeBodyPart image = new MimeBodyPart();
    String name = "logo." + logo.type().substring(logo.type().indexOf('/') + 1);
    image.setDataHandler(new DataHandler(new ByteArrayDataSource(logo.bytes(), logo.type())));
    image.setContentID("<" + LogoImage.CONTENT_ID + ">");
    image.setDisposition(Part.INLINE);
    image.setFileName(name);
    related.addBodyPart(image);
    return related;
  }

  private InternetAddress from(String brandName) throws MessagingException {
    String name = brandName == null ? identity.fromName() : HeaderText.of(brandName);
    try {
      return name.isEmpty()
          ? new InternetAddress(identity.from())
          : new InternetAddress(identity.from(), name, UTF_8);
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("every Java has UTF-8", e);
    }
  }

  private String unsubscribe(String emailId) throws MessagingException {
    String link = links.url(emailId);
    if (link.length() > MAX_LINK) {
      throw new MessagingException("the unsubscribe link is longer than a header's line");
    }
    String value = "<" + link + ">";
    if (identity.unsubscribeAddress() == null) {
      return value;
    }
    String mailto =
        "<mailto:"
            + URLEncoder.encode(identity.unsubscribeAddress(), StandardCharsets.UTF_8)
                .replace("%40", "@")
            + "?subject="
            + URLEncoder.encode("unsubscribe " + hash(emailId), StandardCharsets.UTF_8)
                .replace("+", "%20")
            + ">";
    return value + ",\r\n " + mailto;
  }

  /**
   * The header's value. The library would keep "=?", which mail programs decode to hidden text, and
   * makes the first line longer than RFC 2047 allows.
   */
  private static String subject(String line) {
    if (line.chars().allMatch(c -> c < 0x80) && !line.contains("=?")) {
      return MimeUtility.fold("Subject: ".length(), line);
    }
    StringBuilder words = new StringBuilder();
    for (int start = 0; start < line.length(); ) {
      int end = start;
      int bytes = 0;
      while (end < line.length()) {
        int c = line.codePointAt(end);
        bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (bytes > MAX_WORD_BYTES) {
          break;
        }
        end += Character.charCount(c);
      }
      byte[] word = line.substring(start, end).getBytes(StandardCharsets.UTF_8);
      words.append(words.length() == 0 ? "" : "\r\n ");
      words.append("=?UTF-8?B?").append(Base64.getEncoder().encodeToString(word)).append("?=");
      start = end;
    }
    return words.toString();
  }

  private static MimeBodyPart part(String content, String subtype) throws MessagingException {
    MimeBodyPart part = new MimeBodyPart();
    part.setText(lines(content), UTF_8, subtype);
    return part;
  }

  private static String lines(String content) {
    return LINE_END.matcher(content).replaceAll("\r\n");
  }

  private static String hash(String id) {
    return HexFormat.of().formatHex(Digest.of(id), 0, 16);
  }
}
