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

  /** Whether the person, who sees the request, wants it sent. */
  function confirmed(method, url) {
    dialog.querySelector("[data-request]").textContent = method + " " + url;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) =>
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "send"), {once: true}));
  }
  for (const button of dialog.querySelectorAll("button")) {
    button.addEventListener("click", () => dialog.close(button.value));
  }

  /** Every method may be tried: a write is confirmed, and brings the session's token along. */
  async function prepared(request) {
    const method = (request.method ?? "GET").toUpperCase();
    const url = new URL(request.url, location.href);
    if (SAFE.includes(method) || url.origin !== location.origin) return request;
    if (!(await confirmed(method, url.pathname + url.search))) throw new Error(dialog.dataset.stopped);
    const session = await fetch("/api/session", {headers: {Accept: "application/json"}});
    if (session.ok) request.headers["X-CSRF-Token"] = (await session.json()).csrfToken;
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
    requestInterceptor: prepared,
    syntaxHighlight: {theme: "monokai"},
    validatorUrl: null,
  });
})();
