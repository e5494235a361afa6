// Shows the API's contract with Swagger UI, in the theme of the dashboard.
(() => {
  const root = document.documentElement;
  const phone = matchMedia("(max-width: 51.99rem)").matches;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function applyTheme() {
    const chosen = root.dataset.theme;
    root.classList.toggle("dark-mode", chosen ? chosen === "dark" : dark.matches);
  }

  const SAFE = ["GET", "HEAD", "OPTIONS"];
  const dialog = document.getElementById("try");

  /** Whether a person wants the request sent. */
  function confirmed(request) {
    dialog.querySelector("[data-request]").textContent = request;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) =>
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "send"), {once: true}));
  }
  for (const button of dialog.querySelectorAll("button")) {
    button.addEventListener("click", () => dialog.close(button.value));
  }

  // Every method may be tried. Before a write a person is asked, and then the press is repeated.
  let repeated = null;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".btn.execute");
    if (!button) return;
    const summary = button.closest(".opblock").querySelector(".opblock-summary");
    const method = summary.querySelector(".opblock-summary-method").textContent;
    if (SAFE.includes(method) || repeated === button) return;
    event.preventDefault();
    event.stopPropagation();
    if (!(await confirmed(method + " " + summary.querySelector(".opblock-summary-path").dataset.path))) return;
    repeated = button;
    button.click();
    repeated = null;
  }, true);

  /** A write of a session brings the session's token along. */
  async function withToken(request) {
    const own = new URL(request.url, location.href).origin === location.origin;
    if (own && !SAFE.includes((request.method ?? "GET").toUpperCase())) {
      const session = await fetch("/api/session", {headers: {Accept: "application/json"}});
      if (session.ok) request.headers["X-CSRF-Token"] = (await session.json()).csrfToken;
    }
    return request;
  }

  dark.addEventListener("change", applyTheme);
  applyTheme();
  SwaggerUIBundle({
    dom_id: "#main",
    url: "/openapi.json",
    deepLinking: true,
    // To draw all operations and schemas keeps a phone busy for seconds.
    docExpansion: phone ? "none" : "list",
    defaultModelsExpandDepth: phone ? -1 : 1,
    displayRequestDuration: true,
    showExtensions: true, // x-role and x-scope
    showCommonExtensions: true, // limits of parameters
    requestInterceptor: withToken,
    syntaxHighlight: {theme: "monokai"},
    validatorUrl: null,
  });
})();
