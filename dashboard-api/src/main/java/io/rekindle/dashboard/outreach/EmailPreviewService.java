package io.rekindle.dashboard.outreach;

import io.rekindle.dashboard.access.Actor;
import io.rekindle.dashboard.emails.EmailDocument;
import io.rekindle.email.Brand;
import io.rekindle.email.CheckResult;
import io.rekindle.email.Email;
import io.rekindle.email.EmailFacts;
import io.rekindle.email.EmailRequest;
import io.rekindle.email.Variant;
import io.rekindle.email.WriterListener;
import io.rekindle.email.WrittenEmail;
import io.rekindle.email.check.DraftChecks;
import io.rekindle.email.check.PromptInput;
import io.rekindle.email.compose.Language;
import io.rekindle.email.compose.LayoutSettings;
import io.rekindle.email.compose.TemplateEmailWriter;
import io.rekindle.email.llm.LlmEmailWriter;
import io.rekindle.email.llm.LlmSettings;
import io.rekindle.email.llm.PromptTexts;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Writes the email that a client would get now, by the writers of the job, and keeps it for a day.
 * Thread-safe.
 */
public final class EmailPreviewService implements AutoCloseable {

  /** A model takes seconds, and each holds a thread of the server. */
  private static final int MODELS_AT_ONCE = 4;

  private static final EmailFacts INVENTED =
      new EmailFacts(
          "preview",
          "Ada",
          Instant.parse("2026-03-14T10:00:00Z"),
          7,
          new BigDecimal("48.50"),
          List.of("Books", "Tea"),
          "en",
          null);

  private static final Variant PLAIN = new Variant("preview", PromptTexts.DEFAULT, null, null);

  /** The facts that the job would have now. */
  private static final String FACTS =
      """
      select u.user_id, u.name, u.preferred_categories, u.locale, u.time_zone, s.last_order_at,
             coalesce(s.order_count, 0) as order_count, s.average_order_value
      from shop.users u left join engagement.user_scores s on s.user_id = u.user_id
      where u.user_id = :id
      """;

  private final Jdbi jdbi;
  private final LayoutSettings layout;
  private final TemplateEmailWriter template;
  private final LlmEmailWriter model;
  private final Semaphore models = new Semaphore(MODELS_AT_ONCE);

  /**
   * @param model null for the template alone
   */
  public EmailPreviewService(Jdbi jdbi, LayoutSettings layout, LlmSettings model) {
    this.jdbi = jdbi;
    this.layout = layout;
    this.template = new TemplateEmailWriter(layout);
    this.model =
        model == null
            ? null
            : new LlmEmailWriter(model, layout, BigDecimal.ZERO, WriterListener.NONE);
  }

  /** Who is to write a preview. */
  public enum Writer {
    TEMPLATE,
    LLM
  }

  private record Facts(
      String userId,
      String name,
      List<String> preferredCategories,
      String locale,
      String timeZone,
      Instant lastOrderAt,
      int orderCount,
      BigDecimal averageOrderValue) {

    EmailFacts facts(String language) {
      return new EmailFacts(
          userId,
          name,
          lastOrderAt,
          orderCount,
          averageOrderValue,
          preferredCategories,
          language == null ? locale : language,
          timeZone);
    }
  }

  /** Whether a model can write previews. */
  public boolean hasModel() {
    return model != null;
  }

  /** A client to preview for, one of those at risk. Empty if none is. */
  static Optional<String> suggestedClient(Handle handle) {
    return handle
        .createQuery(
            """
            select s.user_id from engagement.user_scores s join shop.users u using (user_id)
            where s.at_risk and u.marketing_consent and u.email is not null
            limit 1
            """)
        .mapTo(String.class)
        .findOne();
  }

  /** The email to an invented client in a brand that may not be saved. */
  EmailPreview ofBrand(Actor actor, BrandSettings settings) {
    EmailRequest request = new EmailRequest("preview", INVENTED, PLAIN, settings.brand());
    return store(actor, request, byTemplate(request), null, "");
  }

  /**
   * The email that a client would get now. Empty if there is no such client.
   *
   * @param language ISO 639-1 code; null for the client's own
   * @throws BusyException if too many other previews ask the model
   */
  Optional<EmailPreview> of(
      Actor actor, String userId, Variant variant, String language, Writer writer) {
    record Read(Facts facts, Brand brand) {}
    Optional<Read> read =
        jdbi.inTransaction(
            handle ->
                handle
                    .createQuery(FACTS)
                    .bind("id", userId)
                    .mapTo(Facts.class)
                    .findOne()
                    .map(facts -> new Read(facts, BrandSettings.read(handle).brand())));
    return read.map(
        found -> {
          EmailRequest request =
              new EmailRequest("preview", found.facts().facts(language), variant, found.brand());
          WrittenEmail written =
              writer == Writer.LLM && model != null ? byModel(request) : byTemplate(request);
          return store(actor, request, written, found.brand().version(), userId);
        });
  }

  private WrittenEmail byTemplate(EmailRequest request) {
    Email email = template.compose(request);
    List<CheckResult> checks =
        DraftChecks.evaluate(template.content(request), PromptInput.of(request, layout.shopName()));
    return WrittenEmail.byTemplate(email, checks);
  }

  private WrittenEmail byModel(EmailRequest request) {
    if (!models.tryAcquire()) {
      throw new BusyException();
    }
    try {
      return model.write(request).join();
    } finally {
      models.release();
    }
  }

  /** Too many previews ask the model at the moment. */
  public static final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BusyException() {
      super("Other previews ask the model at the moment.", null, false, false);
    }
  }

  private EmailPreview store(
      Actor actor, EmailRequest request, WrittenEmail written, Integer brand, String userId) {
    Email email = written.email();
    String id =
        jdbi.inTransaction(
            handle -> {
              handle.execute(
                  "delete from dashboard.email_previews where created_at < now() - interval '1 day'");
              return handle
                  .createQuery(
                      """
                      insert into dashboard.email_previews
                        (user_id, subject, html, text, brand_version, created_by)
                      values (:userId, :subject, :html, :text, :brand, :by)
                      returning preview_id
                      """)
                  .bind("userId", userId)
                  .bind("subject", email.subject())
                  .bind("html", brand == null ? withLogo(email.html(), request) : email.html())
                  .bind("text", email.text())
                  .bind("brand", brand)
                  .bind("by", actor.name())
                  .mapTo(String.class)
                  .one();
            });
    return new EmailPreview(
        id,
        userId,
        email.subject(),
        email.preheader(),
        email.text(),
        Language.of(request.facts().locale()).code(),
        written.generatedBy(),
        written.fallbackReason(),
        written.calls(),
        written.latencyMs(),
        written.costUsd(),
        written.checks(),
        brand);
  }

  /** The logo of a brand that is not saved is in no row, so the document has it. */
  private static String withLogo(String html, EmailRequest request) {
    Brand brand = request.brand();
    return new EmailDocument(html, brand.logoUrl(), brand.logoData()).withLogo();
  }

  /** The document of a preview; empty if there is none, or none any more. */
  Optional<EmailDocument> document(String previewId) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select p.html, b.logo_url, b.logo_data
                    from dashboard.email_previews p
                    left join engagement.brands b on b.version = p.brand_version
                    where p.preview_id = :id
                    """)
                .bind("id", previewId)
                .mapTo(EmailDocument.class)
                .findOne());
  }

  @Override
  public void close() {
    if (model != null) {
      model.close();
    }
  }
}
