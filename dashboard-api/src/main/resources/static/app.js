"use strict";
/* What the pages do in the browser. Pages work by links and forms; this adds local times, dialogs,
   forms that talk to the API, and parts that follow what happens. */
(() => {
  const root = document.documentElement;
  // Language and region of the viewer, as the server writes numbers and times.
  const lang = root.lang;
  const eventsScript = document.currentScript.src.replace(/[^/]*$/, "events.js");
  const csrf = document.querySelector('meta[name="csrf"]')?.content;
  const textsElement = document.getElementById("texts");
  const texts = textsElement ? JSON.parse(textsElement.textContent) : {};
  const text = (key, ...values) =>
    (texts[key] ?? key).replace(/\{(\d)\}/g, (_, i) => values[Number(i)]);

  /** A UUID of version 4. Browsers have crypto.randomUUID over https and on the own machine alone. */
  function randomKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  /* ---------------------------------------------------------------- numbers */

  const decimal = new Intl.NumberFormat(lang).formatToParts(1.5).find((part) => part.type === "decimal").value;

  /** A number as a person types it: "12,5" and "1.200,50" where the comma is the decimal sign. */
  function plain(raw) {
    if (decimal === ",") {
      if (/^-?\d+,\d+$/.test(raw)) return raw.replace(",", ".");
      if (/^-?\d{1,3}(\.\d{3})+(,\d+)?$/.test(raw)) return raw.replaceAll(".", "").replace(",", ".");
    } else if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(raw)) return raw.replaceAll(",", "");
    return raw;
  }

  /** A number of the API as a field of text has it. */
  const typed = (value) => decimal === "." ? String(value ?? "") : String(value ?? "").replace(/^(-?\d+)\.(\d+)$/, "$1" + decimal + "$2");

  /* ---------------------------------------------------------------- times */

  const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // The server writes times in this zone from the next page on. What it wrote in it stays as it is.
  if (browserZone && root.dataset.zone !== browserZone) remember("zone", browserZone);
  const inOtherZone = root.dataset.zone !== browserZone;

  const formats = {
    time: new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" }),
    date: new Intl.DateTimeFormat(lang, { dateStyle: "medium" }),
    clock: new Intl.DateTimeFormat(lang, { timeStyle: "medium" }),
  };
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  // From how many seconds on a unit is the one to count in.
  const steps = [["year", 31557600, 63115200], ["month", 2629800, 5184000], ["day", 86400, 86400],
    ["hour", 3600, 3600], ["minute", 60, 60]];
  // How far this clock is behind the server's, which all times are by.
  let clockSkew = 0;

  function ago(instant) {
    const seconds = (instant - (Date.now() + clockSkew)) / 1000;
    for (const [unit, size, least] of steps) {
      if (Math.abs(seconds) >= least) return relative.format(Math.trunc(seconds / size), unit);
    }
    return relative.format(Math.trunc(seconds), "second");
  }

  function showTimes(within) {
    for (const element of within.querySelectorAll(inOtherZone ? "time[data-style]" : "time[data-style=ago]")) {
      const instant = new Date(element.dateTime);
      const style = element.dataset.style;
      const shown = style === "ago" ? ago(instant) : formats[style].format(instant);
      if (element.textContent !== shown) element.textContent = shown;
    }
  }

  /** A choice of this browser, which the server reads. */
  function remember(name, value) {
    document.cookie = `${name}=${value}; path=/; max-age=${value ? 31536000 : 0}; samesite=lax`;
  }

  /* ---------------------------------------------------------------- messages */

  /** Says something for a while; with an action, for long enough to choose it. */
  function toast(message, action) {
    const place = document.querySelector(".toasts");
    if (!place) return;
    const item = document.createElement("div");
    item.className = "toast";
    item.textContent = message;
    if (action) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small";
      button.textContent = action.label;
      button.addEventListener("click", () => { item.remove(); action.run(); });
      item.append(" ", button);
    }
    place.append(item);
    setTimeout(() => item.remove(), action ? 20000 : 6000);
  }

  /* ---------------------------------------------------------------- whether a person is here */

  // What a page asks by itself does not keep the session alive; what it asks while a person uses it does.
  const ATTENTION = 60_000;
  let lastTouched = -Infinity;
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "input"]) {
    window.addEventListener(kind, () => { lastTouched = performance.now(); }, { capture: true, passive: true });
  }
  const attended = () => performance.now() - lastTouched < ATTENTION;

  /* ---------------------------------------------------------------- what was typed, over a sign-in */

  // Kept in this tab alone, for this page and this account, until it is put back or the person signs out.
  const DRAFTS = "rekindle:drafts";
  const owner = () => document.querySelector("[data-dialog=account]")?.title ?? "";
  const forms = () => [...document.querySelectorAll("form[data-api], form[data-bulk]")];
  const nameOf = (form) => form.id || (form.dataset.api ?? form.dataset.bulk);
  const keptFields = (form) => [...form.elements].filter((field) =>
    field.name && field.name !== "_csrf" && !["password", "file", "submit", "button"].includes(field.type));
  const isChanged = (field) => field.options ? [...field.options].some((option) => option.selected !== option.defaultSelected)
    : field.checked !== field.defaultChecked || field.value !== field.defaultValue;

  function keepDrafts() {
    const drafts = forms().map((form) => {
      const fields = keptFields(form);
      const dialog = form.closest("dialog");
      if (!dialog?.open && !fields.some(isChanged)) return null;
      return {
        form: nameOf(form),
        fields: fields.map((field) => ({ name: field.name, value: field.value, checked: field.checked })),
        dialog: dialog?.open ? dialog.id : null,
        slots: [...(dialog?.querySelectorAll("[data-slot]") ?? [])].map((slot) => [slot.dataset.slot, slot.textContent]),
      };
    });
    if (drafts.every((draft) => draft === null)) return;
    try {
      sessionStorage.setItem(DRAFTS, JSON.stringify({ page: location.pathname + location.search, owner: owner(), drafts }));
    } catch {
      // The text is too large for the browser's storage: the sign-in goes on without it.
    }
  }

  /** The session is over: signing in leads back to this page with what was typed here. */
  function toSignIn() {
    keepDrafts();
    location.assign("/sign-in?next=" + encodeURIComponent(location.pathname + location.search));
  }

  /** Runs before the other scripts read the forms. */
  function putBackDrafts() {
    const kept = JSON.parse(sessionStorage.getItem(DRAFTS) ?? "null");
    if (kept?.page !== location.pathname + location.search || !owner()) return;
    sessionStorage.removeItem(DRAFTS);
    if (kept.owner !== owner()) return;
    const present = forms();
    let put = false;
    kept.drafts.forEach((draft, i) => {
      const form = present[i];
      if (!draft || !form || nameOf(form) !== draft.form) return;
      const fields = keptFields(form);
      draft.fields.forEach((value, j) => {
        if (fields[j]?.name !== value.name) return;
        if (fields[j].type === "checkbox" || fields[j].type === "radio") fields[j].checked = value.checked;
        else fields[j].value = value.value;
      });
      const dialog = form.closest("dialog");
      for (const [name, content] of draft.slots) {
        for (const slot of dialog?.querySelectorAll(`[data-slot="${CSS.escape(name)}"]`) ?? []) slot.textContent = content;
      }
      if (draft.dialog && dialog?.id === draft.dialog) dialog.showModal();
      put = true;
    });
    if (put) document.addEventListener("DOMContentLoaded", () => toast(text("draft.back")));
  }

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-locale]")) return;
    remember("locale", event.target.value);
    location.reload();
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches('[action="/sign-out"]')) sessionStorage.removeItem(DRAFTS);
  });

  /* ---------------------------------------------------------------- the API */

  let leaving = false;
  window.addEventListener("beforeunload", () => { leaving = true; });

  async function call(method, path, body, headers = {}, answered = () => {}) {
    const options = { method, headers: { Accept: "application/json", ...headers } };
    if (method !== "GET") options.headers["X-CSRF-Token"] = csrf;
    if (!attended()) options.headers["X-Background"] = "true";
    if (body !== undefined) {
      options.headers["Content-Type"] = "application/json";
      options.body = typeof body === "string" ? body : JSON.stringify(body);
    }
    const response = await fetch(path, options);
    if (response.status === 401) {
      // A sign-out is on the way to that page already.
      if (!leaving) toSignIn();
      throw new Error(text("error.signedOut"));
    }
    const type = response.headers.get("Content-Type") ?? "";
    const answer = type.includes("json") ? await response.json() : null;
    if (!response.ok) {
      const error = new Error(answer?.detail ?? text("error.failed"));
      error.problem = answer;
      error.status = response.status;
      throw error;
    }
    answered(response);
    return answer;
  }

  /** The form's fields as the API takes them: data-type says what a text stands for. */
  function bodyOf(form) {
    const body = {};
    for (const field of form.elements) {
      if (!field.name || field.disabled || field.type === "submit" || field.dataset.path !== undefined) continue;
      if ((field.type === "radio" || (field.type === "checkbox" && field.dataset.type === "set")) && !field.checked) {
        if (field.dataset.type === "set") body[field.name] ??= [];
        continue;
      }
      const raw = field.value.trim();
      let value;
      switch (field.dataset.type) {
        case "boolean": value = field.type === "checkbox" ? field.checked : raw === "true"; break;
        case "percent": value = raw === "" ? null : Number.isNaN(Number(plain(raw))) ? raw : Number((Number(plain(raw)) / 100).toFixed(6)); break;
        case "number": value = raw === "" ? null : Number.isNaN(Number(plain(raw))) ? raw : Number(plain(raw)); break;
        case "list": value = raw.split(",").map((part) => part.trim()).filter(Boolean); break;
        case "one": value = [raw]; break;
        case "set": value = [...(body[field.name] ?? []), raw]; break;
        case "json": value = JSON.parse(raw); break;
        case "instant": value = raw === "" ? null : new Date(raw).toISOString(); break;
        case "raw": value = field.value; break;
        default: value = raw === "" ? null : raw;
      }
      if (value === null && field.dataset.omit !== undefined) continue;
      // "list[0].name" is the name of the first object of a list.
      const parts = field.name.split(/[.[\]]+/);
      let place = body;
      parts.slice(0, -1).forEach((part, i) => { place = place[part] ??= /^\d+$/.test(parts[i + 1]) ? [] : {}; });
      place[parts.at(-1)] = value;
    }
    return body;
  }

  function clearErrors(form) {
    for (const field of form.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
    for (const message of form.querySelectorAll("p.error")) message.remove();
    const summary = form.querySelector(".form-error");
    if (summary) summary.textContent = "";
  }

  /** Where a mistake is said: at the field, or at the nearest part of the form that holds it. */
  function holderOf(form, place) {
    const field = form.elements.namedItem(place);
    let holder = field?.closest?.(".field");
    for (let part = place; !holder && part; part = part.replace(/(\.[^.[]*|\[\d+\]|^[^.[]*)$/, "")) {
      holder = form.querySelector(`[data-place="${CSS.escape(part)}"]`);
    }
    return holder && !holder.closest("[hidden]") ? { field, holder } : null;
  }

  function showErrors(form, error, focus = true) {
    const unplaced = [];
    for (const mistake of error.problem?.errors ?? []) {
      const found = holderOf(form, mistake.field);
      if (!found) {
        unplaced.push((mistake.field ? mistake.field + ": " : "") + mistake.message);
        continue;
      }
      const message = document.createElement("p");
      message.className = "error";
      message.id = "error-" + mistake.field.replace(/\W/g, "-");
      message.textContent = mistake.message;
      // A row of a table takes no paragraph.
      (found.holder.matches("tr") ? found.holder.cells[0] : found.holder).append(message);
      found.holder.closest("details:not([open])")?.setAttribute("open", "");
      found.field?.setAttribute?.("aria-invalid", "true");
      found.field?.setAttribute?.("aria-describedby", message.id);
    }
    if (!error.problem?.errors?.length) unplaced.push(error.message);
    const summary = form.querySelector(".form-error");
    if (summary) summary.textContent = unplaced.join(" ");
    if (focus) form.querySelector("[aria-invalid]")?.focus();
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.api) return;
    event.preventDefault();
    clearErrors(form);
    const [method, path] = form.dataset.api.split(" ");
    const button = event.submitter ?? form.querySelector("[type=submit]");
    if (button) button.disabled = true;
    try {
      const target = path.replace(/\{(\w+)\}/g, (_, name) =>
        encodeURIComponent(form.elements.namedItem(name).value.trim()));
      const headers = {};
      if (form.dataset.idempotent !== undefined) headers["Idempotency-Key"] = form.dataset.key ??= randomKey();
      let body;
      try {
        body = method === "DELETE" || form.dataset.empty !== undefined ? undefined : bodyOf(form);
      } catch {
        throw new Error(text("error.json"));
      }
      // The version that the form was filled from.
      const version = form.elements.namedItem("ifMatch");
      if (version) headers["If-Match"] = version.value;
      const answer = await call(method, target, body, headers, (response) => {
        if (version) version.value = response.headers.get("ETag") ?? version.value;
      });
      delete form.dataset.key;
      form.closest("dialog")?.close();
      const secret = form.dataset.secret && answer?.[form.dataset.secret];
      if (secret) {
        const place = document.querySelector(form.dataset.secretIn);
        place.querySelector(".secret").textContent = secret;
        place.hidden = false;
        place.focus();
      }
      if (form.dataset.done) toast(form.dataset.done);
      if (form.dataset.then) location.assign(form.dataset.then.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(answer?.[name] ?? "")));
      else refreshAll(true);
      if (form.dataset.reset !== undefined) form.reset();
    } catch (error) {
      showErrors(form, error);
    } finally {
      if (button) button.disabled = false;
    }
  });

  /* ---------------------------------------------------------------- buttons */

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-dialog], [data-close], [data-theme-toggle], [data-more], [data-pause], [data-copy]");
    if (!button) return;
    if (button.dataset.dialog) {
      const dialog = document.getElementById(button.dataset.dialog);
      // One dialog serves many rows: the button says what is different.
      for (const [name, value] of Object.entries(JSON.parse(button.dataset.fill ?? "{}"))) {
        for (const place of dialog.querySelectorAll(`[data-slot="${name}"]`)) place.textContent = value;
        const field = dialog.querySelector("form")?.elements.namedItem(name);
        if (field) field.value = value;
      }
      dialog.showModal();
    } else if (button.dataset.close !== undefined) {
      button.closest("dialog").close();
    } else if (button.dataset.themeToggle !== undefined) {
      const dark = getComputedStyle(root).colorScheme === "dark" ||
        (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
      root.dataset.theme = dark ? "light" : "dark";
      remember("theme", root.dataset.theme);
      document.dispatchEvent(new CustomEvent("rekindle:theme"));
    } else if (button.dataset.more !== undefined) {
      const nav = button.closest(".nav");
      const open = nav.toggleAttribute("data-open");
      button.setAttribute("aria-expanded", String(open));
    } else if (button.dataset.pause !== undefined) {
      live.paused = !live.paused;
      showPaused();
      if (!live.paused) refreshAll(false);
    }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    document.dispatchEvent(new CustomEvent("rekindle:theme")));

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey &&
        !event.target.closest?.("input, textarea, select, [contenteditable]")) {
      event.preventDefault();
      document.getElementById("find")?.focus();
    }
  });

  /* ---------------------------------------------------------------- what follows what happens */

  const live = { paused: false, last: 0, waiting: null };

  function showPaused() {
    const button = document.querySelector("[data-pause]");
    if (!button) return;
    button.setAttribute("aria-pressed", String(live.paused));
    const label = live.paused ? button.dataset.resumeLabel : button.dataset.pauseLabel;
    button.setAttribute("aria-label", label);
    button.title = label;
    button.querySelector("use").setAttribute("href", live.paused ? button.dataset.play : button.dataset.stop);
  }

  /** A part stays as it is while a person chooses or types in it. */
  function busy(part) {
    return part.querySelector("input:checked[data-row]") !== null ||
      part.querySelector("dialog[open]") !== null ||
      (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));
  }

  function refreshAll(always) {
    if (live.paused && !always) return;
    if (document.hidden && !always) return;
    // One request serves all parts of an address.
    const parts = Map.groupBy([...document.querySelectorAll("[data-live]")].filter((part) => always || !busy(part)),
      (part) => part.getAttribute("hx-get"));
    for (const [path, ofPath] of parts) refreshParts(path, ofPath, always);
    document.dispatchEvent(new CustomEvent("rekindle:refresh"));
  }

  const underWay = new Set();
  const again = new Set();
  // The last answer of the server about a part, without the words of times, which pass by themselves.
  const known = new WeakMap();

  async function refreshParts(path, parts, always) {
    if (underWay.has(path)) {
      if (always) again.add(path);
      return;
    }
    underWay.add(path);
    const notice = document.querySelector("[data-connection]");
    try {
      const headers = { Accept: "text/html", "HX-Request": "true" };
      if (!attended()) headers["X-Background"] = "true";
      const response = await fetch(path, { headers });
      if (response.status === 401) {
        if (!leaving) toSignIn();
        return;
      }
      if (!response.ok) throw new Error(text("error.failed"));
      const html = await response.text();
      notice?.setAttribute("hidden", "");
      const content = html.replace(/(<time\b[^>]*>)[^<]*/g, "$1");
      // A person may have begun to choose or type since the request, and filters may have put another part there.
      const changed = parts.filter((part) => part.isConnected && part.getAttribute("hx-get") === path &&
        known.get(part) !== content && (always || !busy(part)));
      if (changed.length === 0) return;
      const page = new DOMParser().parseFromString(html, "text/html");
      for (const part of changed) {
        known.set(part, content);
        for (const selector of selectorsOf(part)) {
          const [from, to] = [document.querySelector(selector), page.querySelector(selector)];
          if (from && to) morph(from, to);
        }
      }
      showTimes(document);
      showBulk();
      document.dispatchEvent(new CustomEvent("rekindle:swapped"));
    } catch {
      if (!leaving) notice?.removeAttribute("hidden");
    } finally {
      underWay.delete(path);
      if (again.delete(path)) refreshAll(true);
    }
  }

  const selectorsOf = (part) => [part.getAttribute("hx-select"), ...(part.getAttribute("hx-select-oob") ?? "").split(",")].filter(Boolean);

  /** What a row is about: its place in a list may change, and the focus and open details stay with it. */
  const subjectOf = (node) => node.nodeType !== Node.ELEMENT_NODE ? null
    : node.id || (node.matches("tr, li") ? node.querySelector("a[href]")?.getAttribute("href") : null) || null;

  /** Changes the first element, in as few places as can be, to what the second is. */
  function morph(from, to) {
    if (from.isEqualNode(to)) return;
    if (from.nodeName !== to.nodeName) {
      from.replaceWith(to);
      return;
    }
    if (from.nodeType !== Node.ELEMENT_NODE) {
      from.data = to.data;
      return;
    }
    for (const { name } of [...from.attributes]) {
      // A person has opened it.
      if (name !== "open" && !to.hasAttribute(name)) from.removeAttribute(name);
    }
    for (const { name, value } of to.attributes) {
      if (from.getAttribute(name) !== value) from.setAttribute(name, value);
    }
    const bySubject = new Map();
    for (const child of from.children) {
      const subject = subjectOf(child);
      if (subject) bySubject.set(subject, child);
    }
    let next = from.firstChild;
    for (const child of [...to.childNodes]) {
      const subject = subjectOf(child);
      const match = subject ? bySubject.get(subject) : next && subjectOf(next) === null ? next : null;
      if (subject) bySubject.delete(subject);
      if (!match) {
        from.insertBefore(child, next);
        continue;
      }
      if (match === next) next = next.nextSibling;
      else from.insertBefore(match, next);
      morph(match, child);
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
  }

  /** At most once a second, and once more for what came meanwhile. */
  function happened() {
    if (live.waiting) return;
    const wait = Math.max(0, live.last + 1000 - Date.now());
    live.waiting = setTimeout(() => {
      live.waiting = null;
      live.last = Date.now();
      refreshAll(false);
    }, wait);
  }

  /**
   * Listens to the server's events. Over HTTP/1.1 a browser has six connections to a server, and each
   * stream takes one for as long as it lasts. So all tabs share one, by a worker. Where there are no
   * shared workers, only a tab that is seen has a stream.
   */
  function listen(on) {
    if (window.SharedWorker) {
      try {
        const worker = new SharedWorker(eventsScript, { name: "rekindle-events" });
        worker.onerror = on.error;
        worker.port.onmessage = ({ data }) => on[data]?.();
        addEventListener("pagehide", () => worker.port.postMessage("close"));
        // The page comes back from the browser's cache.
        addEventListener("pageshow", (event) => { if (event.persisted) worker.port.postMessage("listen"); });
        worker.port.postMessage("listen");
        return;
      } catch {
        // A browser may forbid workers.
      }
    }
    let stream = null;
    const adapt = () => {
      if (document.hidden) {
        stream?.close();
        stream = null;
      } else if (!stream) {
        stream = new EventSource("/api/events");
        stream.onopen = on.open;
        stream.onerror = on.error;
        for (const kind of ["message", "scores", "emails", "pipeline"]) stream.addEventListener(kind, on.event);
      }
    };
    document.addEventListener("visibilitychange", adapt);
    addEventListener("pagehide", () => { stream?.close(); stream = null; });
    adapt();
  }

  function subscribe() {
    if (!document.querySelector("[data-subscribe]")) return;
    let poll = null;
    const startPolling = () => { poll ??= setInterval(happened, 3000); };
    const stopPolling = () => { clearInterval(poll); poll = null; };
    listen({ open: stopPolling, error: startPolling, event: happened });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) happened(); });
    // Statistics are computed in the background, and no event announces them.
    setInterval(() => { if (document.querySelector("[data-live=counted], [data-chart-live]")) happened(); }, 5000);
  }

  // A filter replaces a list.
  document.addEventListener("htmx:afterSwap", () => {
    showTimes(document);
    showBulk();
    document.dispatchEvent(new CustomEvent("rekindle:swapped"));
  });
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = csrf;
    if (!attended()) event.detail.headers["X-Background"] = "true";
    // Empty filters are left out of the address.
    if (event.detail.verb === "get") {
      for (const [name, value] of Object.entries(event.detail.parameters)) {
        if (value === "") delete event.detail.parameters[name];
      }
      const form = event.detail.elt.closest?.("[data-usual-columns]");
      if (form) {
        const chosen = [...form.querySelectorAll("input[name=columns]:checked")].map((box) => box.value).join(",");
        delete event.detail.parameters.columns;
        if (chosen && chosen !== form.dataset.usualColumns) event.detail.parameters.columns = chosen;
      }
    }
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.status !== 401) return;
    // htmx would follow the server to the sign-in page with the address of the part alone.
    event.preventDefault();
    if (!leaving) toSignIn();
  });
  document.addEventListener("htmx:responseError", (event) => {
    document.querySelector("[data-connection]")?.removeAttribute("hidden");
  });
  document.addEventListener("htmx:sendError", () => document.querySelector("[data-connection]")?.removeAttribute("hidden"));
  document.addEventListener("htmx:afterOnLoad", () => document.querySelector("[data-connection]")?.setAttribute("hidden", ""));

  /* ---------------------------------------------------------------- freshness */

  let progress = null;
  const tenths = new Intl.NumberFormat(lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const wholes = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });

  function showFreshness() {
    const place = document.querySelector(".freshness");
    if (!place) return;
    const shown = place.querySelector(".age");
    if (!progress) return;
    if (progress.failed || !progress.scoredUntil) {
      place.dataset.state = "stalled";
      shown.textContent = text(progress.failed ? "fresh.unreachable" : "fresh.none");
      return;
    }
    const age = Math.max(0, progress.ageMillis + performance.now() - progress.at) / 1000;
    place.dataset.state = age < 10 ? "fresh" : age < 60 ? "slow" : "stalled";
    shown.textContent = age < 60 ? text("fresh.seconds", (age < 10 ? tenths : wholes).format(age))
      : ago(new Date(progress.scoredUntil));
    place.title = progress.scoredUntil;
  }

  async function askFreshness() {
    if (!document.querySelector(".freshness")) return;
    try {
      const asked = performance.now();
      const answer = await call("GET", "/api/pipeline");
      progress = { ...answer, at: (asked + performance.now()) / 2 };
      if (answer.scoredUntil) clockSkew = Date.parse(answer.scoredUntil) + answer.ageMillis - Date.now();
    } catch {
      progress = { failed: true };
    }
    showFreshness();
  }

  /* ---------------------------------------------------------------- choosing rows */

  function showBulk() {
    const bar = document.querySelector(".bulk");
    if (!bar) return;
    const rows = [...document.querySelectorAll("input[data-row]")];
    const chosen = rows.filter((row) => row.checked);
    bar.hidden = chosen.length === 0;
    for (const place of document.querySelectorAll("[data-slot=chosen]")) {
      place.textContent = text(chosen.length === 1 ? "bulk.one" : "bulk.many", wholes.format(chosen.length));
    }
    const link = document.querySelector("a[data-chosen]");
    if (link) {
      // The ids in an address of its own: a comma in an id is not one between two.
      const ids = chosen.map((row) => encodeURIComponent(row.value)).join(",");
      const shown = new URL(document.getElementById("export").href);
      const asked = new URLSearchParams({ format: "csv", userIds: ids });
      for (const name of ["sort", "order"]) {
        if (shown.searchParams.has(name)) asked.set(name, shown.searchParams.get(name));
      }
      link.href = shown.pathname + "?" + asked;
    }
    const all = document.querySelector("input[data-all]");
    if (all) {
      all.checked = rows.length > 0 && chosen.length === rows.length;
      all.indeterminate = chosen.length > 0 && chosen.length < rows.length;
    }
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[data-all]")) {
      for (const row of document.querySelectorAll("input[data-row]")) row.checked = event.target.checked;
    }
    if (event.target.matches("input[data-all], input[data-row]")) showBulk();
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.bulk) return;
    event.preventDefault();
    clearErrors(form);
    const chosen = [...document.querySelectorAll("input[data-row]:checked")].map((row) => row.value);
    try {
      const answer = await call("POST", form.dataset.bulk, { ...bodyOf(form), userIds: chosen });
      form.closest("dialog")?.close();
      for (const row of document.querySelectorAll("input[data-row]")) row.checked = false;
      const undo = {
        label: text("bulk.undo"),
        run: async () => {
          try {
            await call("POST", form.dataset.undo, { userIds: answer.userIds });
            toast(form.dataset.undone);
            refreshAll(true);
          } catch (error) {
            toast(error.message);
          }
        },
      };
      toast(form.dataset.done + " " + text("bulk.suppressed", answer.suppressed, answer.unchanged, answer.waitingEmails),
        answer.userIds.length > 0 ? undo : null);
      showBulk();
      refreshAll(true);
    } catch (error) {
      showErrors(form, error);
    }
  });

  putBackDrafts();

  /** An element with properties, or attributes where it has no such property, and what stands in it. */
  function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in made && name !== "list") made[name] = value;
      else if (value !== null) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  window.rekindle = { call, text, element, toast, showTimes, formats, refreshAll, bodyOf, showErrors, clearErrors, lang, plain, typed };

  document.addEventListener("DOMContentLoaded", () => {
    showTimes(document);
    showBulk();
    subscribe();
    askFreshness();
    setInterval(askFreshness, 3000);
    setInterval(showFreshness, 500);
    setInterval(() => showTimes(document), 10000);
  });
})();
