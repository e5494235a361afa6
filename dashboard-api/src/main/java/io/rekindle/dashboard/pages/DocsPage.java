package io.rekindle.dashboard.pages;

import static io.rekindle.dashboard.http.Access.PUBLIC;

import io.javalin.http.Context;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.ContractArea;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.Router;
import java.util.Map;

/**
 * The API's contract as a page. Public as the contract is: whoever writes a program that sends
 * orders has a key and no account.
 */
public final class DocsPage implements Area {

  private final Frame frame;
  private volatile ApiDocs docs;

  public DocsPage(Frame frame) {
    this.frame = frame;
  }

  @Override
  public void register(Router router) {
    router.get("/docs", PUBLIC, this::show);
  }

  private void show(Context ctx) {
    Query.of(ctx).check();
    // Kept once it has been asked for, since anybody may ask as often as they like.
    if (docs == null) {
      docs = ApiDocs.of(ContractArea.document(), frame.messages());
    }
    frame.answer(ctx, "docs", Map.of("v", frame.publicView(ctx), "docs", docs));
  }
}
