"use strict";
/* The rules as forms, with what they would do beside them as one edits. Of a policy the document is
   the truth: an input changes one place of it, and whatever adds, removes or moves a part draws the
   form anew. */
(() => {
  const { call, text, element, bodyOf, clearErrors, showErrors, lang, plain, typed } = window.rekindle;
  const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  const PAUSE = 600;

  /** Asks a moment after the last change of a field; an answer to an earlier question is dropped. */
  function asker(form, ask) {
    let question = 0;
    let timer;
    async function now(focus) {
      clearTimeout(timer);
      const mine = ++question;
      const current = () => mine === question;
      clearErrors(form);
      try {
        let body;
        try {
          body = bodyOf(form);
        } catch {
          throw new Error(text("error.json"));
        }
        await ask(body, current);
      } catch (error) {
        if (current()) showErrors(form, error, focus);
      }
    }
    return {
      now,
      later() {
        question++;
        clearTimeout(timer);
        timer = setTimeout(() => now(false), PAUSE);
      },
    };
  }

  /* ---------------------------------------------------------------- a policy */

  const FROM = { recency: "fromDays", rhythm: "fromGaps", frequency: "fromCount", value: "fromMultiple", loyalty: "fromCount" };
  const SEGMENTS = ["LOST", "CANT_LOSE", "AT_RISK", "CHAMPION", "LOYAL", "PROMISING", "NEW", "NEEDS_ATTENTION", "HIBERNATING"];
  const RANGES = ["score", "orderDaysInWindow", "orderDaysEver", "elapsedDays"];
  // What a part holds when it is switched on.
  const PARTS = {
    recency: { tiers: [{ fromDays: 0, points: 30 }, { fromDays: 90, points: 0 }] },
    rhythm: { orderDays: 12, priorGapDays: 60, priorWeight: 2, minGapDays: 7, maxGapDays: 180,
      tiers: [{ fromGaps: 0, points: 30 }, { fromGaps: 3, points: 0 }] },
    frequency: { of: "ORDER_DAYS_IN_WINDOW", tiers: [{ fromCount: 0, points: 0 }, { fromCount: 3, points: 30 }] },
    value: { of: "SPEND_IN_WINDOW", reference: "50.00", tiers: [{ fromMultiple: 0, points: 0 }, { fromMultiple: 4, points: 10 }] },
    contact: { points: -10, withinDays: 7 },
    loyalty: { of: "ORDER_DAYS_EVER", tiers: [{ fromCount: 1, points: 0 }, { fromCount: 3, points: 10 }] },
    currency: { base: "EUR", rates: {} },
  };
  const LINE = { frequency: { points: 15, fullAt: 10 }, value: { points: 10, fullAt: "200.00" } };

  /** What a policy would change, counted over all clients; without a result once it is not current. */
  async function comparison(body, current, progress) {
    let view = await call("POST", "/api/policy-previews", body);
    while (current() && (view.state === "WAITING" || view.state === "RUNNING")) {
      progress(view);
      await new Promise((resolve) => setTimeout(resolve, 250));
      view = await call("GET", "/api/policy-previews/" + view.previewId);
    }
    if (current() && !view.result) throw new Error(view.error ?? text("policy.failed"));
    return view;
  }

  /** Says in a dialog what the change does, before it is made. */
  function effect(place) {
    const dialog = place.closest("dialog");
    document.addEventListener("click", async (event) => {
      if (event.target.closest("[data-dialog]")?.dataset.dialog !== dialog.id) return;
      place.textContent = text("policy.counting");
      try {
        const view = await comparison({ policyVersion: place.dataset.effect }, () => dialog.open, () => {});
        if (!dialog.open) return;
        const { enteringAtRisk, leavingAtRisk, emailsCancelled } = view.result;
        place.textContent = text("policy.does", whole.format(enteringAtRisk), whole.format(leavingAtRisk), whole.format(emailsCancelled));
      } catch (error) {
        place.textContent = error.message;
      }
    });
  }

  function policyEditor(form) {
    const editor = document.getElementById("policy-editor");
    const source = document.getElementById("policy-document");
    const labels = JSON.parse(editor.dataset.labels);
    const names = JSON.parse(editor.dataset.segments);
    const icons = editor.dataset.icons;
    const fixed = source.readOnly;
    const switchedOff = {};
    // How the curve of a factor is drawn anew.
    const curves = {};
    let counts = null;
    let policy = JSON.parse(source.value);

    const nameOf = (path) => path.reduce((name, key) => name + (typeof key === "number" ? `[${key}]` : "." + key), "document");
    const at = (path) => path.reduce((place, key) => place?.[key], policy);

    /** Null takes the value away. */
    function set(path, value) {
      let place = policy;
      for (const key of path.slice(0, -1)) place = place[key] ??= {};
      const last = path.at(-1);
      if (value === undefined) delete place[last];
      else place[last] = value;
    }

    function changed() {
      source.value = JSON.stringify(policy, null, 2);
      ready();
    }

    function ready() {
      form.dataset.api = form.dataset.draft === policy.version
        ? "PUT /api/policies/" + encodeURIComponent(policy.version) : "POST /api/policies";
      preview.later();
    }

    function redraw() {
      changed();
      const focused = document.activeElement?.dataset.key;
      draw();
      if (focused) editor.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    }

    const READ = {
      number: (raw) => raw === "" ? null : /^-?\d+(\.\d+)?$/.test(plain(raw)) ? Number(plain(raw)) : raw,
      // "50" means "50.00".
      money: (raw) => /^\d+(\.\d)?$/.test(plain(raw)) ? Number(plain(raw)).toFixed(2) : plain(raw),
      text: (raw) => raw,
    };

    function input(path, kind, label) {
      const made = element("input", {
        className: "input", name: nameOf(path), value: kind === "text" ? at(path) ?? "" : typed(at(path)), inputMode: kind === "text" ? "text" : "decimal",
        autocomplete: "off", disabled: fixed, "data-path": "", "data-key": nameOf(path), "aria-label": label ?? null,
      });
      made.addEventListener("input", () => {
        const value = READ[kind](made.value.trim());
        set(path, value === null || value === "" ? undefined : value);
        if (path.includes("when")) withoutEmpty(path);
        if (path[1] === "tiers") curves[path[0]]?.();
        changed();
      });
      return made;
    }

    function field(path, kind, key = path.join(".")) {
      const made = input(path, kind);
      made.id = "policy-" + key;
      return element("div", { className: "field" },
        element("label", { htmlFor: made.id, textContent: labels[key] }), made,
        labels[key + ".hint"] ? element("span", { className: "hint", textContent: labels[key + ".hint"] }) : null);
    }

    function choice(path, values, label, chosen) {
      const made = element("select", { className: "select", name: nameOf(path), disabled: fixed, "data-path": "", "data-key": nameOf(path), "aria-label": label });
      for (const [value, shown] of values) made.append(element("option", { value, textContent: shown, selected: value === String(at(path) ?? "") }));
      made.addEventListener("change", () => chosen(made.value));
      return element("div", { className: "field" }, made);
    }

    function action(icon, label, act, off = false) {
      const made = element("button", { type: "button", className: "button ghost icon-only small", title: label, disabled: off, "aria-label": label, "data-key": label });
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("class", "icon");
      svg.setAttribute("aria-hidden", "true");
      const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
      use.setAttribute("href", `${icons}#${icon}`);
      svg.append(use);
      made.append(svg);
      made.addEventListener("click", act);
      return made;
    }

    /** To move and take away one of a list. */
    function actions(list, i, label) {
      if (fixed) return [];
      const move = (to) => () => {
        list.splice(to, 0, list.splice(i, 1)[0]);
        redraw();
      };
      return [
        action("up", `${labels.up}: ${label}`, move(i - 1), i === 0),
        action("down", `${labels.down}: ${label}`, move(i + 1), i === list.length - 1),
        action("cross", `${labels.remove}: ${label}`, () => { list.splice(i, 1); redraw(); }, list.length === 1),
      ];
    }

    function adder(label, act) {
      if (fixed) return null;
      const made = element("button", { type: "button", className: "button small", textContent: label, "data-key": label });
      made.addEventListener("click", () => { act(); redraw(); });
      return made;
    }

    /* A factor's points as steps, drawn, with the clients of each step below them. */
    const WIDTH = 340;
    const [LEFT, RIGHT, TOP, BASE, BARS] = [30, 328, 16, 116, 34];
    const STEPS = { fromDays: 1, fromGaps: 0.1, fromCount: 1, fromMultiple: 0.1 };

    function svg(tag, attributes = {}, ...children) {
      const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
      made.append(...children);
      return made;
    }

    const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
    const clientsOf = (part, points) => counts?.[part]?.find((one) => one.points === points)?.clients ?? (counts?.[part]?.length ? 0 : null);

    function curve(part) {
      const from = FROM[part];
      const plot = svg("svg", { viewBox: `0 0 ${WIDTH} ${BASE + BARS + 20}`, class: "tier-curve", role: "group", "aria-label": `${labels[part]}. ${fixed ? "" : labels.curve}` });
      // While a corner is dragged the axes stay as they are.
      let held = null;

      function axes(tiers) {
        const points = tiers.map((tier) => tier.points);
        const last = tiers.at(-1)[from];
        const first = tiers[0][from];
        return { first, last: last > first ? last + (last - first) * 0.15 : first + 1, low: Math.min(0, ...points), high: Math.max(1, ...points) * 1.1 };
      }
      const place = (axis, tier) => [
        LEFT + (RIGHT - LEFT) * (tier[from] - axis.first) / (axis.last - axis.first),
        BASE - (BASE - TOP) * (tier.points - axis.low) / (axis.high - axis.low)];

      /** Keeps to what the job accepts: thresholds rise, and points never turn back. */
      function move(i, threshold, points) {
        const tiers = at([part, "tiers"]);
        const tier = tiers[i];
        const step = STEPS[from];
        if (i > 0 && isNumber(threshold)) {
          const least = tiers[i - 1][from] + step;
          const most = i + 1 < tiers.length ? tiers[i + 1][from] - step : Infinity;
          const exact = Math.round(threshold / step) * step;
          if (least <= most) tier[from] = Number(Math.min(most, Math.max(least, exact)).toFixed(3));
        }
        const falls = from === "fromDays" || from === "fromGaps";
        const [before, after] = [tiers[i - 1]?.points, tiers[i + 1]?.points];
        const [least, most] = falls ? [after ?? -100, before ?? 100] : [before ?? -100, after ?? 100];
        tier.points = Math.min(most, Math.max(least, Math.round(points)));
        for (const key of [from, "points"]) {
          const name = nameOf([part, "tiers", i, key]);
          const field = editor.querySelector(`[data-key="${CSS.escape(name)}"]`);
          if (field) field.value = typed(tier[key]);
        }
        show();
        changed();
      }

      function corner(tiers, i, axis) {
        const tier = tiers[i];
        const [x, y] = place(axis, tier);
        const handle = svg("g", { class: "corner", transform: `translate(${x} ${y})`, tabindex: 0, role: "slider", "data-key": `corner-${part}-${i}`,
          "aria-orientation": "vertical", "aria-valuemin": -100, "aria-valuemax": 100, "aria-valuenow": tier.points,
          "aria-label": `${labels[part]}, ${labels.tier} ${i + 1}`,
          "aria-valuetext": filled(labels.corner, labels[from], whole.format(tier[from]), whole.format(tier.points)) },
          svg("circle", { r: 17, class: "reach" }), svg("circle", { r: 5 }));
        handle.addEventListener("keydown", (event) => {
          const size = event.shiftKey ? 10 : 1;
          const by = { ArrowUp: [0, size], ArrowDown: [0, -size], ArrowRight: [size, 0], ArrowLeft: [-size, 0], PageUp: [0, 10], PageDown: [0, -10] }[event.key];
          if (!by) return;
          event.preventDefault();
          const now = at([part, "tiers", i]);
          move(i, now[from] + by[0] * STEPS[from], now.points + by[1]);
          plot.querySelector(`[data-key="corner-${part}-${i}"]`)?.focus();
        });
        handle.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          held = axis;
          plot.setPointerCapture(event.pointerId);
          const drag = (moved) => {
            const box = plot.getBoundingClientRect();
            const scale = WIDTH / box.width;
            const [px, py] = [(moved.clientX - box.left) * scale, (moved.clientY - box.top) * scale];
            move(i, axis.first + (px - LEFT) / (RIGHT - LEFT) * (axis.last - axis.first), axis.low + (BASE - py) / (BASE - TOP) * (axis.high - axis.low));
          };
          const drop = () => {
            held = null;
            plot.removeEventListener("pointermove", drag);
            show();
            plot.querySelector(`[data-key="corner-${part}-${i}"]`)?.focus();
          };
          plot.addEventListener("pointermove", drag);
          plot.addEventListener("lostpointercapture", drop, { once: true });
        });
        return handle;
      }

      function show() {
        const tiers = at([part, "tiers"]) ?? [];
        tiers.forEach((tier, i) => {
          const cell = editor.querySelector(`[data-clients="${part}-${i}"]`) ?? made?.querySelector(`[data-clients="${part}-${i}"]`);
          const clients = clientsOf(part, tier.points);
          if (cell) cell.textContent = clients === null ? "–" : whole.format(clients);
        });
        // What is typed may be no curve yet.
        if (!tiers.length || tiers.some((tier, i) => !isNumber(tier[from]) || !isNumber(tier.points) || (i > 0 && tier[from] <= tiers[i - 1][from]))) {
          plot.replaceChildren();
          return;
        }
        const axis = held ?? axes(tiers);
        const corners = tiers.map((tier) => place(axis, tier));
        let path = "";
        corners.forEach(([x, y], i) => { path += (i ? `H${x}V${y}` : `M${x} ${y}`); });
        path += `H${RIGHT}`;
        const shares = tiers.map((tier) => clientsOf(part, tier.points) ?? 0);
        const most = Math.max(1, ...shares);
        const zero = place(axis, { [from]: axis.first, points: 0 })[1];
        const marks = [];
        let free = -Infinity;
        corners.forEach(([x], i) => {
          const end = i + 1 < corners.length ? corners[i + 1][0] : RIGHT;
          const height = BARS * shares[i] / most;
          marks.push(svg("rect", { class: "clients", x: x + 0.75, width: Math.max(0, end - x - 1.5), y: BASE + 2, height }));
          if (x >= free) {
            const label = svg("text", { x, y: BASE + BARS + 16, "text-anchor": i ? "middle" : "start" });
            label.textContent = whole.format(tiers[i][from]);
            marks.push(label);
            free = x + 8 + 7 * label.textContent.length;
          }
        });
        const high = svg("text", { x: LEFT - 5, y: corners.reduce((least, [, y]) => Math.min(least, y), BASE) + 4, "text-anchor": "end" });
        high.textContent = whole.format(Math.max(...tiers.map((tier) => tier.points)));
        plot.replaceChildren(
          svg("g", { "aria-hidden": "true" },
            svg("path", { class: "area", d: `${path}V${zero}H${corners[0][0]}Z` }), svg("line", { class: "axis", x1: LEFT, x2: RIGHT, y1: zero, y2: zero }),
            svg("path", { class: "steps", d: path }), high, ...marks),
          ...(fixed ? [] : tiers.map((_, i) => corner(tiers, i, axis))));
      }
      let made = null;
      curves[part] = show;
      return { plot, shown(within) { made = within; show(); } };
    }

    const filled = (pattern, ...values) => pattern.replace(/\{(\d)\}/g, (_, i) => values[Number(i)]);

    function tierTable(part) {
      const from = FROM[part];
      const tiers = at([part, "tiers"]);
      const body = element("tbody");
      tiers.forEach((tier, i) => {
        const label = `${labels[part]}, ${labels.tier} ${i + 1}`;
        body.append(element("tr", { "data-place": nameOf([part, "tiers", i]) },
          element("td", {}, element("div", { className: "field" }, input([part, "tiers", i, from], "number", `${label}: ${labels[from]}`))),
          element("td", {}, element("div", { className: "field" }, input([part, "tiers", i, "points"], "number", `${label}: ${labels.points}`))),
          element("td", { className: "num muted", "data-clients": `${part}-${i}` }),
          element("td", { className: "row-actions" }, ...actions(tiers, i, label))));
      });
      const last = tiers.at(-1) ?? {};
      const drawn = curve(part);
      drawn.shown(body);
      return [
        drawn.plot,
        element("table", { className: "edit-table" },
          element("thead", {}, element("tr", {},
            element("th", { scope: "col", textContent: labels[from] }), element("th", { scope: "col", textContent: labels.points }),
            element("th", { scope: "col", className: "num", textContent: labels.clients }),
            element("th", { scope: "col" }, element("span", { className: "visually-hidden", textContent: labels.actions })))),
          body),
        adder(`${labels.addTier}: ${labels[part]}`, () => tiers.push({ [from]: Number(last[from] ?? 0) + 1, points: last.points ?? 0 })),
      ];
    }

    const fields = (...made) => element("div", { className: "fields tight" }, ...made);

    function line(part, kind) {
      return fields(field([part, "linear", "points"], "number", "linear.points"), field([part, "linear", "fullAt"], kind, part + ".linear.fullAt"));
    }

    /** A part that a policy may leave out. */
    function optional(part, contents, open) {
      const on = at([part]) !== null && at([part]) !== undefined;
      const box = element("input", { type: "checkbox", checked: on, disabled: fixed, "data-path": "", "data-key": "switch-" + part });
      box.addEventListener("change", () => {
        if (on) switchedOff[part] = policy[part];
        policy[part] = on ? null : switchedOff[part] ?? structuredClone(PARTS[part]);
        redraw();
      });
      return section(part, labels[part + ".about"],
        () => [element("label", { className: "check" }, box, " " + labels[part + ".on"]), ...(on ? contents() : [])], open);
    }

    const opened = {};
    function section(part, about, contents, open) {
      const inside = element("div", { className: "stack" });
      const made = element("details", { className: "policy-part", open: opened[part] ?? open, "data-place": "document." + part },
        element("summary", {}, element("h3", { textContent: labels[part] }), element("span", { className: "muted small", textContent: about })), inside);
      // A closed part is made when a person opens it.
      const fill = () => { if (!inside.hasChildNodes()) inside.append(...contents().filter(Boolean)); };
      if (made.open) fill();
      made.addEventListener("toggle", () => { opened[part] = made.open; if (made.open) fill(); });
      return made;
    }

    function frequency() {
      const linear = Boolean(policy.frequency.linear);
      return [
        fields(
          choice(["frequency", "of"], [["ORDER_DAYS_IN_WINDOW", labels.ORDER_DAYS_IN_WINDOW], ["ORDERS_EVER", labels.ORDERS_EVER]], labels.of,
            (value) => { set(["frequency", "of"], value); redraw(); }),
          choice(["frequency", "shape"], linear ? [["", labels.linear], ["tiers", labels.tiers]] : [["", labels.tiers], ["linear", labels.linear]], labels.shape, () => {
            policy.frequency = linear ? { of: policy.frequency.of, tiers: structuredClone(PARTS.frequency.tiers) } : { of: policy.frequency.of, linear: { ...LINE.frequency } };
            redraw();
          })),
        ...(linear ? [line("frequency", "number")] : tierTable("frequency")),
      ];
    }

    function value() {
      const spend = policy.value.of === "SPEND_IN_WINDOW";
      return [
        fields(choice(["value", "of"], [["SPEND_IN_WINDOW", labels.SPEND_IN_WINDOW], ["AVERAGE_ORDER_VALUE", labels.AVERAGE_ORDER_VALUE]], labels.of, (of) => {
          policy.value = of === "SPEND_IN_WINDOW" ? structuredClone(PARTS.value) : { of, linear: { ...LINE.value } };
          redraw();
        }), spend ? field(["value", "reference"], "money") : null),
        ...(spend ? tierTable("value") : [line("value", "money")]),
      ];
    }

    /** A condition that asks for nothing is none. */
    function withoutEmpty(path) {
      const rule = policy.segments[path[1]];
      for (const key of RANGES) if (rule.when?.[key] && Object.keys(rule.when[key]).length === 0) delete rule.when[key];
      if (rule.when && Object.keys(rule.when).length === 0) delete rule.when;
    }

    function segment(rule, i, rules) {
      const label = `${labels.rule} ${i + 1}`;
      const path = ["segments", i];
      return element("li", { className: "rule", "data-place": nameOf(path) },
        element("div", { className: "rule-head" },
          choice([...path, "segment"], SEGMENTS.map((one) => [one, names[one]]), `${label}: ${labels.segment}`, (value) => { set([...path, "segment"], value); changed(); }),
          choice([...path, "when", "atRisk"], [["", labels["atRisk.any"]], ["true", labels["atRisk.true"]], ["false", labels["atRisk.false"]]], `${label}: ${labels.atRisk}`, (value) => {
            set([...path, "when", "atRisk"], value === "" ? undefined : value === "true");
            withoutEmpty(path);
            changed();
          }),
          element("span", { className: "row-actions" }, ...actions(rules, i, label))),
        element("div", { className: "ranges" }, ...RANGES.map((range) => element("div", { className: "range", "data-place": nameOf([...path, "when", range]) },
          element("span", { className: "muted small", textContent: labels[range] }),
          element("div", { className: "field" }, input([...path, "when", range, "atLeast"], "number", `${label}: ${labels[range]}, ${labels.atLeast}`)),
          element("span", { className: "muted small", textContent: labels.below }),
          element("div", { className: "field" }, input([...path, "when", range, "below"], "number", `${label}: ${labels[range]}, ${labels.below}`))))));
    }

    function rates() {
      const all = Object.entries(policy.currency.rates ?? {});
      const put = (entries) => { policy.currency.rates = Object.fromEntries(entries); };
      return [
        fields(field(["currency", "base"], "text")),
        element("table", { className: "edit-table" },
          element("thead", {}, element("tr", {}, element("th", { scope: "col", textContent: labels.code }), element("th", { scope: "col", textContent: labels.rate }),
            element("th", { scope: "col" }, element("span", { className: "visually-hidden", textContent: labels.actions })))),
          element("tbody", {}, ...all.map(([code], i) => {
            const named = element("input", { className: "input", value: code, disabled: fixed, maxLength: 3, "data-path": "", "data-key": "code-" + i, "aria-label": labels.code });
            named.addEventListener("change", () => { all[i][0] = named.value.trim().toUpperCase(); put(all); redraw(); });
            return element("tr", {},
              element("td", {}, element("div", { className: "field" }, named)),
              element("td", {}, element("div", { className: "field" }, input(["currency", "rates", code], "text", `${labels.rate}: ${code}`))),
              element("td", { className: "row-actions" }, fixed ? null : action("cross", `${labels.remove}: ${code}`, () => { put(all.filter((_, other) => other !== i)); redraw(); })));
          }))),
        adder(labels.addRate, () => put([...all, ["USD", "1.00"]])),
      ];
    }

    const sections = [
      () => section("general", labels["general.about"], () => [
        fields(field(["version"], "text"), field(["windowDays"], "number"), field(["base"], "number"), field(["clamp", "min"], "number"), field(["clamp", "max"], "number")),
        field(["description"], "text")], true),
      () => section("atRisk", labels["atRisk.about"], () => [
        fields(field(["atRisk", "scoreBelow"], "number"), field(["atRisk", "orderProbabilityBelow"], "number"), field(["atRisk", "dropAtLeast"], "number"), field(["atRisk", "recoveryMargin"], "number")),
        fields(field(["bands", "healthyFrom"], "number"), field(["bands", "coolingFrom"], "number"), field(["bands", "lowFrom"], "number"))], true),
      () => optional("recency", () => tierTable("recency"), true),
      () => optional("rhythm", () => [
        fields(...["priorGapDays", "priorWeight", "orderDays", "minGapDays", "maxGapDays"].map((key) => field(["rhythm", key], "number"))),
        ...tierTable("rhythm")], true),
      () => optional("frequency", frequency, true),
      () => optional("value", value, true),
      () => optional("contact", () => [fields(field(["contact", "points"], "number"), field(["contact", "withinDays"], "number"))], false),
      () => optional("loyalty", () => tierTable("loyalty"), false),
      () => section("segments", labels["segments.about"], () => [
        element("ol", { className: "stack" }, ...(policy.segments ?? []).map(segment)),
        adder(labels.addRule, () => policy.segments.unshift({ segment: "LOST", when: { score: { below: 1 } } }))], false),
      () => optional("currency", rates, false),
    ];
    let drawing = 0;

    function draw() {
      drawing++;
      delete editor.dataset.drawing;
      editor.replaceChildren(...sections.map((made) => made()));
    }

    /** The first time, section by section: all at once would keep a phone busy for too long. */
    async function drawFirst() {
      const mine = ++drawing;
      for (const made of sections) {
        await new Promise((resolve) => setTimeout(resolve));
        if (mine !== drawing) return;
        editor.append(made());
      }
      delete editor.dataset.drawing;
    }

    /** Draws what the text says; false if it is no document. */
    function readText() {
      try {
        const read = JSON.parse(source.value);
        if (read === null || typeof read !== "object" || Array.isArray(read)) throw new Error();
        policy = read;
        draw();
        return true;
      } catch {
        showErrors(form, new Error(text("error.json")));
        return false;
      }
    }

    const preview = asker(form, async (body, current) => {
      const place = document.getElementById("preview");
      const progress = place.querySelector("[data-preview-progress]");
      const state = place.querySelector("[data-preview-state]");
      try {
        const view = await comparison(body, current, (running) => {
          progress.hidden = false;
          progress.value = running.usersTotal ? running.usersDone / running.usersTotal : 0;
          state.textContent = text("policy.running", whole.format(running.usersDone), whole.format(running.usersTotal));
        });
        if (!current()) return;
        count(view.result.after.factors);
        window.rekindle.compare(place, view);
      } catch (error) {
        if (current()) state.textContent = text("preview.stale");
        throw error;
      } finally {
        if (current()) progress.hidden = true;
      }
    });

    /** Writes the clients of each step. */
    function count(factors) {
      counts = factors;
      for (const show of Object.values(curves)) show();
    }

    // The statistic is of the policy in force; of another one the first preview counts.
    async function countInForce() {
      try {
        const answer = await call("GET", editor.dataset.counts);
        if (counts === null && answer.policyVersion === policy.version) count(answer.factors);
      } catch (error) {
        // The first count of a large shop takes a while.
        if (error.status === 503) setTimeout(countInForce, 5000);
      }
    }
    countInForce();

    form.querySelector("[data-preview]")?.addEventListener("click", () => preview.now(true));
    source.addEventListener("input", () => {
      try {
        policy = JSON.parse(source.value);
        ready();
      } catch {
        preview.later();
      }
    });
    for (const tab of form.querySelectorAll("[data-show]")) {
      tab.addEventListener("click", () => {
        clearErrors(form);
        const asForm = tab.dataset.show === "form";
        if (asForm && !readText()) return;
        editor.hidden = !asForm;
        source.closest(".field").hidden = asForm;
        for (const other of form.querySelectorAll("[data-show]")) other.setAttribute("aria-pressed", String(other === tab));
      });
    }
    drawFirst();
  }

  /* ---------------------------------------------------------------- a fit */

  function fitting(form) {
    const state = form.querySelector("[data-fit-state]");
    const progress = form.querySelector("[data-fit-progress]");
    const stop = form.querySelector("[data-fit-cancel]");
    const start = form.querySelector("[type=submit]");
    let fitId;

    function running(is) {
      progress.hidden = stop.hidden = !is;
      start.disabled = is;
      if (is) state.hidden = false;
    }

    stop.addEventListener("click", () => call("DELETE", "/api/fits/" + fitId));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      clearErrors(form);
      running(true);
      try {
        let fit = await call("POST", "/api/fits", {});
        fitId = fit.fitId;
        while (fit.state === "RUNNING") {
          state.textContent = text(fit.step === "READING" ? "fit.reading" : "fit.fitting", whole.format(fit.clientsRead));
          await new Promise((resolve) => setTimeout(resolve, 250));
          fit = await call("GET", "/api/fits/" + fitId);
        }
        if (fit.state === "DONE") {
          location.assign("/policy?version=" + encodeURIComponent(fit.policyVersion));
          return;
        }
        state.textContent = fit.state === "REFUSED" ? text("fit.refused", fit.missing.map((one) => one.sentence).join("; "))
          : text(fit.state === "CANCELLED" ? "fit.cancelled" : "fit.failed");
      } catch (error) {
        showErrors(form, error, true);
      }
      running(false);
    });
  }

  /* ---------------------------------------------------------------- outreach */

  function outreachPreview(form) {
    const place = document.getElementById("outreach-preview");
    const labels = JSON.parse(place.dataset.labels);
    const body = place.querySelector("tbody");
    const state = place.querySelector("[data-preview-state]");
    const preview = asker(form, async (settings, current) => {
      try {
        const answer = await call("POST", "/api/outreach-settings/preview", settings);
        if (!current()) return;
        const skips = (side) => Object.fromEntries(side.skips.map((skip) => [skip.reason, skip.count]));
        const [before, after] = [skips(answer.before), skips(answer.after)];
        const rows = [
          [labels.EMAIL, answer.before.email, answer.after.email],
          [labels.HOLDOUT, answer.before.holdout, answer.after.holdout],
          ...[...new Set([...Object.keys(before), ...Object.keys(after)])].map((reason) => [labels[reason] ?? reason, before[reason] ?? 0, after[reason] ?? 0]),
          [labels.perDay, answer.before.emailsPerDay, answer.after.emailsPerDay],
        ];
        body.replaceChildren(...rows.map(([name, was, is]) => element("tr", { className: was === is ? "" : "differs" },
          element("th", { scope: "row", textContent: name }),
          element("td", { className: "num", textContent: whole.format(was) }),
          element("td", { className: "num", textContent: whole.format(is) }))));
        place.querySelector("[data-preview-result]").hidden = false;
        state.textContent = text("outreach.previewed", whole.format(answer.atRisk));
      } catch (error) {
        if (current()) state.textContent = text("preview.stale");
        throw error;
      }
    });
    form.addEventListener("input", () => preview.later());
    preview.now(false);
  }

  /* ---------------------------------------------------------------- an experiment */

  function planner(form, variants) {
    const place = document.getElementById("planner");
    const question = document.getElementById("planner-form");
    const labels = JSON.parse(place.dataset.labels);
    const share = form.elements.namedItem("holdoutShare");
    const use = place.querySelector("[data-use-share]");
    const percent = (part) => text("plan.percent", new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }).format(100 * part));
    const date = new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", year: "numeric" });
    let suggested;

    const plan = asker(question, async (asked, current) => {
      const state = place.querySelector("[data-plan-state]");
      const result = place.querySelector("[data-plan-result]");
      // A share that cannot be asked about is the other form's to refuse.
      const held = Number(share.value) / 100;
      const isShare = held >= 0.001 && held <= 0.999;
      if (isShare) asked.holdoutShare = held.toFixed(6);
      try {
        const answer = await call("GET", "/api/experiment-plan?" + new URLSearchParams({ ...asked, variants: variants() }));
        if (!current()) return;
        state.textContent = text(answer.clientsPerDay > 0 ? (answer.ratedHeldOut ? "plan.traffic" : "plan.traffic.all") : "plan.noTraffic",
          whole.format(answer.clientsPerDay), percent(answer.rate), whole.format(answer.rateOf))
          + (answer.options.some((option) => option.kind === "IN_TIME") ? "" : " " + text("plan.notInTime", asked.withinDays));
        result.querySelector("tbody").replaceChildren(...answer.options.filter((option) => isShare || option.holdoutShare !== answer.options[0].holdoutShare).map((option) => element("tr", {},
          element("th", { scope: "row" }, labels[option.kind], element("span", { className: "under",
            textContent: text("plan.option", percent(option.holdoutShare), whole.format(100 * option.difference)) })),
          element("td", { className: "num", textContent: whole.format(option.clients) }),
          element("td", { textContent: option.answerAt === null ? text("plan.never") : date.format(new Date(option.answerAt)) }))));
        suggested = answer.suggestedShare;
        use.textContent = text("plan.use", percent(suggested));
        result.hidden = false;
      } catch (error) {
        if (current()) state.textContent = text("preview.stale");
        throw error;
      }
    });
    use.addEventListener("click", () => {
      share.value = String(Number((100 * suggested).toFixed(4)));
      plan.now(false);
      share.focus();
    });
    question.addEventListener("submit", (event) => { event.preventDefault(); plan.now(true); });
    question.addEventListener("input", () => plan.later());
    form.addEventListener("input", () => plan.later());
    plan.now(false);
  }

  const policyForm = document.getElementById("policy-form");
  if (policyForm) policyEditor(policyForm);
  for (const place of document.querySelectorAll("[data-effect]")) effect(place);
  const fitForm = document.getElementById("fit-form");
  if (fitForm) fitting(fitForm);
  const outreachForm = document.getElementById("outreach-form");
  if (outreachForm) outreachPreview(outreachForm);
  const newExperiment = document.getElementById("experiment-form");
  if (newExperiment) planner(newExperiment, () => newExperiment.querySelectorAll("[data-variants] [data-variant]").length);
})();
