"use strict";
/* Emails as mail programs show them: whole, in the width of a desktop or a phone, light or dark. And
   the forms that are about them: variants with their preview, and the brand. */
(() => {
  const { call, element, bodyOf, clearErrors, showErrors, lang } = window.rekindle;
  const percent = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });
  const PAUSE = 500;

  /* ---------------------------------------------------------------- the frame */

  function mailView(view) {
    const frame = view.querySelector("iframe");
    let scheme = "LIGHT";
    // As high as the document, so that nothing scrolls in a frame.
    function fit() {
      const shown = frame.contentDocument?.documentElement;
      const height = shown && frame.dataset.src ? Math.ceil(shown.getBoundingClientRect().height) : 0;
      if (height > 0 && frame.offsetHeight !== height + 2) frame.style.height = height + 2 + "px";
    }
    function load(src) {
      frame.dataset.src = src;
      frame.src = src + "?scheme=" + scheme;
    }
    frame.addEventListener("load", fit);
    new ResizeObserver(fit).observe(frame);
    if (frame.contentDocument?.readyState === "complete") fit();
    view.addEventListener("click", (event) => {
      const button = event.target.closest("[data-size], [data-scheme]");
      if (!button || button === view) return;
      for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
      if (button.dataset.size) {
        view.dataset.size = button.dataset.size;
      } else {
        scheme = button.dataset.scheme;
        if (frame.dataset.src) load(frame.dataset.src);
      }
    });
    return { load };
  }

  const views = new Map([...document.querySelectorAll("[data-mail]")].map((view) => [view, mailView(view)]));
  const viewIn = (place) => views.get(place.querySelector("[data-mail]"));
  const documentOf = (preview) => "/api/email-previews/" + encodeURIComponent(preview.previewId) + "/html";

  /* ---------------------------------------------------------------- variants */

  function variantsForm(form) {
    const list = form.querySelector("[data-variants]");
    const whole = form.elements.namedItem("variants");
    const select = document.getElementById("preview-variant");
    const rows = () => [...list.querySelectorAll("[data-variant]")];
    const valueOf = (row, key) => row.querySelector(`[data-key="${key}"]`).value.trim();

    function read(row) {
      const weight = valueOf(row, "weight");
      return {
        name: valueOf(row, "name"),
        weight: weight === "" ? null : Number(weight),
        prompt: valueOf(row, "prompt"),
        tone: valueOf(row, "tone") || null,
        offer: valueOf(row, "offer") || null,
      };
    }

    function update() {
      const variants = rows().map(read);
      whole.value = JSON.stringify(variants);
      const sum = variants.reduce((all, variant) => all + (variant.weight ?? 0), 0);
      rows().forEach((row, i) => {
        row.dataset.place = `variants[${i}]`;
        for (const field of row.querySelectorAll("[data-key]")) {
          field.name = `variants[${i}].${field.dataset.key}`;
          const id = `variant-${field.dataset.key}-${i}`;
          row.querySelector(`label[for="${CSS.escape(field.id)}"]`).htmlFor = id;
          field.id = id;
        }
        const share = sum > 0 ? percent.format((variants[i].weight ?? 0) / sum) : "–";
        row.querySelector("[data-share]").textContent = list.dataset.shareLabel.replace("{0}", share);
        row.querySelector("[data-remove-variant]").disabled = rows().length === 1;
      });
      if (!select) return;
      const chosen = select.value;
      select.replaceChildren(...variants.map((variant, i) =>
        element("option", { value: String(i), textContent: variant.name || String(i + 1) })));
      if (chosen < variants.length) select.value = chosen || "0";
    }

    form.addEventListener("input", update);
    form.addEventListener("click", (event) => {
      const row = event.target.closest("[data-variant]");
      if (event.target.closest("[data-add-variant]")) {
        list.append(document.getElementById("new-variant").content.cloneNode(true));
        form.dispatchEvent(new Event("input"));
        rows().at(-1).querySelector("input").focus();
      } else if (event.target.closest("[data-remove-variant]")) {
        row.remove();
        form.dispatchEvent(new Event("input"));
        form.querySelector("[data-add-variant]").focus();
      } else if (event.target.closest("[data-preview-variant]")) {
        select.value = String(rows().indexOf(row));
        const preview = document.getElementById("preview-form");
        preview.requestSubmit(preview.querySelector("[value=TEMPLATE]"));
        document.getElementById("email-preview").scrollIntoView();
      }
    });
    update();
    return { variant: () => read(rows()[Number(select.value)]) };
  }

  /* ---------------------------------------------------------------- the email for a client */

  function previewForm(form, variants) {
    const place = document.getElementById("email-preview");
    const labels = JSON.parse(place.dataset.labels);
    const view = viewIn(place);

    function show(preview) {
      const facts = [
        [labels.subject, preview.subject],
        [labels.preheader, preview.preheader],
        [labels.by, labels[preview.generatedBy]],
      ];
      if (preview.fallbackReason) facts.push([labels.fallback, preview.fallbackReason]);
      if (preview.calls > 0) {
        facts.push([labels.calls, String(preview.calls)], [labels.latency, preview.latencyMillis + " ms"]);
        if (preview.costUsd !== null) facts.push([labels.cost, "US$" + preview.costUsd]);
      }
      place.querySelector("[data-preview-facts]").replaceChildren(...facts.flatMap(([name, value]) =>
        [element("dt", { textContent: name }), element("dd", { textContent: value })]));
      place.querySelector("[data-preview-checks]").replaceChildren(...preview.checks.map((check) =>
        element("li", {},
          element("span", { className: "badge " + (check.passed ? "good" : "bad"), textContent: check.passed ? labels.passed : labels.failed }),
          " " + check.check,
          element("span", { className: "muted small", textContent: check.detail ? " " + check.detail : "" }))));
      document.getElementById("test-form").elements.namedItem("previewId").value = preview.previewId;
      place.querySelector("[data-preview-result]").hidden = false;
      view.load(documentOf(preview));
    }

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      clearErrors(form);
      const button = event.submitter ?? form.querySelector("[value=TEMPLATE]");
      button.disabled = true;
      try {
        const { name, prompt, tone, offer } = variants.variant();
        const asked = bodyOf(form);
        show(await call("POST", "/api/email-previews", {
          userId: asked.userId, language: asked.language, variant: name, prompt, tone, offer, writer: button.value }));
      } catch (error) {
        showErrors(form, error);
      } finally {
        button.disabled = false;
      }
    });
  }

  /* ---------------------------------------------------------------- the brand */

  function brandForm(form) {
    const view = viewIn(document.getElementById("brand-preview"));
    const data = form.elements.namedItem("logoData");
    const url = form.elements.namedItem("logoUrl");
    let question = 0;
    let timer;

    async function preview() {
      const mine = ++question;
      clearErrors(form);
      try {
        const answer = await call("POST", "/api/brand/preview", bodyOf(form));
        if (mine === question) view.load(documentOf(answer));
      } catch (error) {
        if (mine === question) showErrors(form, error, false);
      }
    }
    function later() {
      clearTimeout(timer);
      timer = setTimeout(preview, PAUSE);
    }

    form.addEventListener("input", (event) => {
      if (event.target === url && url.value) data.value = "";
      later();
    });
    form.querySelector("[data-logo]").addEventListener("change", (event) => {
      const file = event.target.files[0];
      if (!file) return;
      const reader = new FileReader();
      reader.addEventListener("load", () => {
        data.value = reader.result;
        url.value = "";
        later();
      });
      reader.readAsDataURL(file);
    });
    form.querySelector("[data-no-logo]").addEventListener("click", () => {
      data.value = "";
      url.value = "";
      form.querySelector("[data-logo]").value = "";
      later();
    });
    preview();
  }

  const outreach = document.getElementById("outreach-form");
  if (outreach) previewForm(document.getElementById("preview-form"), variantsForm(outreach));
  const experiment = document.getElementById("experiment-form");
  if (experiment) variantsForm(experiment);
  const brand = document.getElementById("brand-form");
  if (brand) brandForm(brand);
})();
