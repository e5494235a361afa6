package io.rekindle.dashboard.outreach;

import io.javalin.http.Context;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.EntityTag;
import io.rekindle.dashboard.web.JsonBody;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;

/** The addresses under /api/brand. */
public final class BrandRoutes implements Routes {

  /** A logo is a part of the body. */
  static final int MAX_BODY = 2 * JsonBody.MAX_BODY;

  private final BrandService brands;
  private final EmailPreviewService previews;

  public BrandRoutes(BrandService brands, EmailPreviewService previews) {
    this.brands = brands;
    this.previews = previews;
  }

  @Override
  public void register(Router router) {
    router.get("/api/brand", Access.VIEWER, ctx -> EntityTag.json(ctx, brands.brand()));
    router.put("/api/brand", Access.ADMIN, this::change);
    router.post("/api/brand/preview", Access.ANALYST, this::preview);
  }

  private void change(Context ctx) {
    JsonFields body = JsonBody.object(ctx, MAX_BODY);
    // Read twice: the first time for its mistakes, which end the request.
    brands.brand().with(body);
    body.check();
    EntityTag.json(
        ctx,
        brands.change(Requests.actor(ctx), EntityTag.demanded(ctx), brand -> brand.with(body)));
  }

  /** Shows the brand with the fields that the request names, on an email to an invented client. */
  private void preview(Context ctx) {
    JsonFields body = JsonBody.object(ctx, MAX_BODY);
    BrandSettings brand = brands.brand().with(body);
    body.check();
    ctx.json(previews.ofBrand(Requests.actor(ctx), brand));
  }
}
