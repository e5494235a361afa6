// Shows the API's contract with Swagger UI, in the theme of the dashboard.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function applyTheme() {
    const chosen = root.dataset.theme;
    root.classList.toggle("dark-mode", chosen ? chosen === "dark" : dark.matches);
  }

  dark.addEventListener("change", applyTheme);
  applyTheme();
  SwaggerUIBundle({
    dom_id: "#main",
    url: "/openapi.json",
    deepLinking: true,
    docExpansion: "list",
    displayRequestDuration: true,
    showExtensions: true, // x-role and x-scope
    showCommonExtensions: true, // limits of parameters
    // Reading only: the page sends no CSRF token, so that it cannot change anything.
    supportedSubmitMethods: ["get"],
    syntaxHighlight: {theme: "monokai"},
    validatorUrl: null,
  });
})();
