"use strict";
/* Charts over the API's JSON, each with a table of the same numbers behind it. Colours come from the
   style sheet; a tooltip is built of DOM nodes, since the security policy refuses styled HTML. */
(() => {
  const { call, lang, formats } = window.rekindle;
  const charts = [];
  const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  const fraction = new Intl.NumberFormat(lang, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const number = (value) => value === null || value === undefined ? "–" : whole.format(value);
  const dayFormat = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", timeZone: "UTC" });
  const probe = document.createElement("span");
  probe.hidden = true;

  function colour(name, alpha) {
    if (!probe.isConnected) document.body.append(probe);
    probe.style.color = "var(--" + name + ")";
    const found = getComputedStyle(probe).color;
    if (alpha === undefined) return found;
    const parts = found.match(/[\d.]+/g);
    return `rgba(${parts[0]}, ${parts[1]}, ${parts[2]}, ${alpha})`;
  }

  function tip(head, rows) {
    const node = document.createElement("div");
    node.className = "chart-tip";
    const title = document.createElement("span");
    title.className = "tip-name";
    title.textContent = head;
    node.append(title);
    for (const [name, value] of rows) {
      const row = document.createElement("span");
      row.className = "tip-row";
      const label = document.createElement("span");
      label.textContent = name;
      const number = document.createElement("b");
      number.textContent = value;
      row.append(label, number);
      node.append(row);
    }
    return node;
  }

  function base() {
    const muted = colour("muted");
    const axis = {
      axisLine: { lineStyle: { color: colour("line") } },
      axisTick: { show: false },
      axisLabel: { color: muted, fontFamily: "Inter, sans-serif", fontSize: 12, hideOverlap: true },
      splitLine: { lineStyle: { color: colour("chart-grid") } },
    };
    return {
      axis,
      option: {
        animation: false,
        textStyle: { fontFamily: "Inter, sans-serif" },
        grid: { left: 8, right: 12, top: 16, bottom: 4, containLabel: true },
        tooltip: {
          trigger: "axis", confine: true, backgroundColor: colour("surface"), borderColor: colour("line"),
          borderWidth: 1, padding: [8, 12], extraCssText: "", textStyle: { color: colour("text") },
          axisPointer: { lineStyle: { color: colour("line-strong") }, shadowStyle: { color: colour("line", 0.35) } },
        },
      },
    };
  }

  /** The numbers of an axis as the viewer's region writes them. */
  const counts = (axis) => ({ axisLabel: { ...axis.axisLabel, formatter: (n) => whole.format(n) } });

  const line = (name, data, key, more = {}) => ({
    name, type: "line", data, showSymbol: false, lineStyle: { width: 2, color: colour(key) },
    itemStyle: { color: colour(key) }, ...more,
  });
  const days = (list) => list.map((day) => dayFormat.format(new Date(day.day + "T00:00:00Z")));

  // A reconstructed past is dashed, joins what was observed, and says what it rests on.
  const past = (data, key, join) => data.map((point, i) => point.reconstructed || (join && data[i - 1]?.reconstructed) ? key(point) : null);
  const observed = (data, key) => data.map((point) => point.reconstructed ? null : key(point));
  const dashed = { lineStyle: { width: 2, type: "dashed", opacity: 0.75 }, itemStyle: { opacity: 0.6 } };
  const basis = (point, labels) => point.reconstructed ? [[labels.reconstructed, labels.basis]] : [];

  const monthFormat = new Intl.DateTimeFormat(lang, { month: "short", year: "2-digit", timeZone: "UTC" });
  const percentFormat = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });
  const percent = (share) => share === null || share === undefined ? "–" : percentFormat.format(share);
  function moneyFormat(currency) {
    const format = new Intl.NumberFormat(lang, currency ? { style: "currency", currency } : { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    return (amount) => format.format(amount);
  }
  // A month that is not over is pale with a dashed border, so that it is not read as a fall.
  const unfinished = (value, over, key) => over ? value
    : { value, itemStyle: { color: colour(key, 0.25), borderColor: colour(key), borderType: "dashed", borderWidth: 1 } };
  const notOver = (over, labels) => over ? [] : [[labels.state, labels.unfinished]];

  const DAY = 86_400_000;
  const axisFormats = [
    [2 * DAY, { hour: "2-digit", minute: "2-digit", weekday: "short" }],
    [300 * DAY, { day: "numeric", month: "short" }],
    [Infinity, { month: "short", year: "numeric" }],
  ].map(([span, options]) => [span, new Intl.DateTimeFormat(lang, options)]);

  /** Labels of a time axis, as fine as its span, in the viewer's zone; none repeats the one before. */
  function timeAxis(times, axis) {
    const span = times.length ? Math.max(...times) - Math.min(...times) : 0;
    const i = axisFormats.findIndex(([most]) => span < most);
    const format = axisFormats[i][1];
    let last = null;
    return {
      // Marks closer than what a label tells apart would repeat it.
      minInterval: [0, DAY, 28 * DAY][i],
      axisLabel: { ...axis.axisLabel, formatter: (time, index) => {
        const label = format.format(new Date(time));
        const repeated = index > 0 && label === last;
        last = label;
        return repeated ? "" : label;
      } },
    };
  }

  /* The UTC month in the parameters of a list of clients. */
  function monthOf(first, from, to) {
    const start = new Date(first + "T00:00:00Z");
    const end = new Date(start);
    end.setUTCMonth(end.getUTCMonth() + 1);
    return { [from]: start.toISOString(), [to]: end.toISOString() };
  }

  /* A number of clients, which opens their list. */
  const clients = (number, filter) => number === 0 ? whole.format(number)
    : { text: whole.format(number), href: "/clients?" + new URLSearchParams(filter) };

  /* Each kind: how the option is made, and the table's columns and rows. */
  const kinds = {
    trend(data, labels) {
      const { axis, option } = base();
      const names = days(data.days);
      const hasPast = data.days.some((day) => day.reconstructed);
      return {
        option: {
          ...option,
          tooltip: { ...option.tooltip, formatter: (points) => {
            const day = data.days[points[0].dataIndex];
            return tip(names[points[0].dataIndex], [[labels.atRisk, whole.format(day.atRisk)],
              [labels.scored, whole.format(day.scored)], [labels.averageScore, number(day.averageScore)], ...basis(day, labels)]);
          } },
          xAxis: { ...axis, type: "category", data: names, boundaryGap: false, splitLine: { show: false } },
          yAxis: { ...axis, ...counts(axis), type: "value", minInterval: 1 },
          series: [line(labels.atRisk, observed(data.days, (d) => d.atRisk), "chart-1",
            { areaStyle: { color: colour("chart-1", 0.12) } }),
          ...(hasPast ? [line(labels.reconstructed, past(data.days, (d) => d.atRisk, true), "chart-1",
            { ...dashed, lineStyle: { ...dashed.lineStyle, color: colour("chart-1") } })] : [])],
        },
        past: hasPast,
        head: [labels.day, labels.atRisk, labels.scored, labels.averageScore, ...(hasPast ? [labels.reconstructed] : [])],
        rows: data.days.map((d, i) => [names[i], whole.format(d.atRisk), whole.format(d.scored), number(d.averageScore),
          ...(hasPast ? [d.reconstructed ? labels.basis : "–"] : [])]).reverse(),
      };
    },
    flow(data, labels) {
      const { axis, option } = base();
      const names = days(data.days);
      const hasPast = data.days.some((day) => day.reconstructed);
      // The bars of a reconstructed day are pale.
      const bar = (name, value, key) => ({ name, type: "bar", stack: "flow", barMaxWidth: 18, itemStyle: { color: colour(key) },
        data: data.days.map((day) => day.reconstructed ? { value: value(day), itemStyle: { color: colour(key, 0.4), borderColor: colour(key), borderType: "dashed" } } : value(day)) });
      return {
        option: {
          ...option,
          tooltip: { ...option.tooltip, axisPointer: { ...option.tooltip.axisPointer, type: "shadow" }, formatter: (points) => {
            const day = data.days[points[0].dataIndex];
            return tip(names[points[0].dataIndex], [[labels.entered, whole.format(day.entered)],
              [labels.left, whole.format(day.left)], [labels.leftByOrder, whole.format(day.leftByOrder)], ...basis(day, labels)]);
          } },
          xAxis: { ...axis, type: "category", data: names, splitLine: { show: false }, axisLine: { ...axis.axisLine, onZero: true } },
          yAxis: { ...axis, type: "value", minInterval: 1, axisLabel: { ...axis.axisLabel, formatter: (n) => whole.format(Math.abs(n)) } },
          series: [bar(labels.entered, (d) => d.entered, "chart-1"), bar(labels.left, (d) => -d.left, "chart-3")],
        },
        past: hasPast,
        head: [labels.day, labels.entered, labels.left, labels.leftByOrder, ...(hasPast ? [labels.reconstructed] : [])],
        rows: data.days.map((d, i) => [names[i], whole.format(d.entered), whole.format(d.left), whole.format(d.leftByOrder),
          ...(hasPast ? [d.reconstructed ? labels.basis : "–"] : [])]).reverse(),
      };
    },
    repeat(data, labels) {
      const { axis, option } = base();
      const months = data.months.map((month) => ({ ...month, ...month.repeats[0], over: month.repeats[0].complete }));
      const names = months.map((month) => monthFormat.format(new Date(month.month + "T00:00:00Z")));
      return {
        option: {
          ...option,
          tooltip: { ...option.tooltip, axisPointer: { ...option.tooltip.axisPointer, type: "shadow" }, formatter: (points) => {
            const month = months[points[0].dataIndex];
            return tip(names[points[0].dataIndex], [[labels.share, percent(month.share)], [labels.repeated, whole.format(month.repeated)],
              [labels.clients, whole.format(month.clients)], ...notOver(month.over, labels)]);
          } },
          xAxis: { ...axis, type: "category", data: names, splitLine: { show: false } },
          yAxis: { ...axis, type: "value", min: 0, max: (range) => Math.min(1, Math.max(0.1, Math.ceil(range.max * 10) / 10)), axisLabel: { ...axis.axisLabel, formatter: percent } },
          series: [{ name: labels.share, type: "bar", barMaxWidth: 22, itemStyle: { color: colour("chart-3") },
            data: months.map((month) => unfinished(month.share, month.over, "chart-3")) }],
        },
        head: [labels.month, labels.share, labels.repeated, labels.clients, labels.state],
        rows: months.map((month, i) => {
          const first = { ...monthOf(month.month, "firstOrderFrom", "firstOrderTo"), tenureMin: month.days };
          return [names[i], percent(month.share), clients(month.repeated, { ...first, repeatedWithinDays: month.days }),
            clients(month.clients, first), month.over ? labels.over : labels.unfinished];
        }).reverse(),
      };
    },
    returning(data, labels) {
      const { axis, option } = base();
      const names = data.months.map((month) => monthFormat.format(new Date(month.month + "T00:00:00Z")));
      const money = moneyFormat(data.currency);
      const bar = (who, key) => ({ name: labels[who], type: "bar", stack: "revenue", barMaxWidth: 22, itemStyle: { color: colour(key) },
        data: data.months.map((month) => unfinished(month[who].revenue, month.complete, key)) });
      const row = (orders, filter) => [money(orders.revenue), whole.format(orders.orders), clients(orders.clients, filter)];
      return {
        option: {
          ...option,
          tooltip: { ...option.tooltip, axisPointer: { ...option.tooltip.axisPointer, type: "shadow" }, formatter: (points) => {
            const month = data.months[points[0].dataIndex];
            const both = (who, short) => [[labels[who], money(month[who].revenue)],
              [labels[short + "Orders"], whole.format(month[who].orders)], [labels[short + "Count"], whole.format(month[who].clients)]];
            return tip(names[points[0].dataIndex], [...both("newClients", "new"), ...both("returningClients", "returning"), ...notOver(month.complete, labels)]);
          } },
          xAxis: { ...axis, type: "category", data: names, splitLine: { show: false } },
          yAxis: { ...axis, type: "value", axisLabel: { ...axis.axisLabel, formatter: (n) => whole.format(n) } },
          series: [bar("newClients", "chart-3"), bar("returningClients", "chart-2")],
        },
        head: [labels.month, labels.newRevenue, labels.newOrders, labels.newCount, labels.returningRevenue, labels.returningOrders, labels.returningCount, labels.state],
        rows: data.months.map((month, i) => {
          const first = monthOf(month.month, "firstOrderFrom", "firstOrderTo");
          const returning = { ...monthOf(month.month, "orderedFrom", "orderedTo"), firstOrderTo: first.firstOrderFrom };
          return [names[i], ...row(month.newClients, first), ...row(month.returningClients, returning),
            month.complete ? labels.over : labels.unfinished];
        }).reverse(),
      };
    },
    distribution(data, labels) {
      const { axis, option } = base();
      const below = data.policy?.atRiskBelow;
      const bins = data.bins;
      const names = bins.map((bin) => bin.to >= 100 ? `${bin.from}–100` : `${bin.from}–${bin.to - 1}`);
      const bar = (name, values, key) => ({ name, type: "bar", stack: "all", data: values, barCategoryGap: "12%", itemStyle: { color: colour(key) } });
      const safe = bar(labels.notAtRisk, bins.map((bin) => bin.clients - bin.atRisk), "chart-2");
      const risk = bar(labels.atRisk, bins.map((bin) => bin.atRisk), "chart-1");
      // On an axis of its own, since the threshold lies between two bars.
      const threshold = { type: "line", xAxisIndex: 1, data: [], markLine: { silent: true, symbol: "none", animation: false,
        label: { formatter: String(below), color: colour("muted"), position: "end" },
        lineStyle: { color: colour("text"), type: "dashed", width: 1.5 },
        data: [{ xAxis: below / (bins[0].to - bins[0].from) }] } };
      return {
        option: {
          ...option,
          grid: { ...option.grid, top: 26 },
          tooltip: { ...option.tooltip, axisPointer: { ...option.tooltip.axisPointer, type: "shadow" }, formatter: (points) => {
            const bin = bins[points[0].dataIndex];
            return tip(labels.score + " " + names[points[0].dataIndex], [[labels.clients, whole.format(bin.clients)], [labels.atRisk, whole.format(bin.atRisk)]]);
          } },
          xAxis: [{ ...axis, type: "category", data: names, splitLine: { show: false },
            axisLabel: { ...axis.axisLabel, interval: 3, formatter: (name) => name.split("–")[0] } },
            { type: "value", min: 0, max: bins.length, show: false }],
          yAxis: { ...axis, ...counts(axis), type: "value", minInterval: 1 },
          series: [risk, safe, ...(below === undefined ? [] : [threshold])],
        },
        head: [labels.score, labels.clients, labels.atRisk],
        rows: bins.map((bin, i) => [names[i], whole.format(bin.clients), whole.format(bin.atRisk)]),
      };
    },
    history(data, labels, element) {
      const { axis, option } = base();
      const shape = JSON.parse(document.getElementById(element.dataset.shape)?.textContent ?? "{}");
      const items = (data.items ?? data).slice().sort((a, b) => Date.parse(a.asOf) - Date.parse(b.asOf));
      // Before the first order there is no score.
      const points = items.filter((item) => typeof (item.score ?? item.engagementScore) === "number").map((item) => [Date.parse(item.asOf), item.score ?? item.engagementScore, item]);
      if (points.length && shape.now) points.push([Date.parse(shape.now), points.at(-1)[1], points.at(-1)[2]]);
      const marks = (shape.marks ?? []).map((mark) => ({ ...mark, time: Date.parse(mark.at) }));
      const scoreAt = (time) => { let found = points[0]?.[1] ?? 0; for (const point of points) if (point[0] <= time) found = point[1]; return found; };
      const first = points[0]?.[0];
      const symbols = { ORDER: ["circle", 9, "chart-3"], EMAIL: ["rect", 9, "chart-2"], OVERRIDE: ["diamond", 12, "chart-4"] };
      const hasPast = points.some((p) => p[2].reconstructed);
      const firstObserved = points.find((p) => !p[2].reconstructed);
      const before = points.filter((p) => p[2].reconstructed).map((p) => [p[0], p[1]]);
      // A step holds until the next change, so the past ends where the observed line begins.
      if (hasPast && firstObserved) before.push([firstObserved[0], before.at(-1)[1]]);
      const series = [...(hasPast ? [line(labels.reconstructed, before, "chart-1", {
        step: "end", ...dashed, lineStyle: { ...dashed.lineStyle, color: colour("chart-1") } })] : []),
      line(labels.score, points.filter((p) => !p[2].reconstructed).map((p) => [p[0], p[1]]), "chart-1", {
        step: "end", areaStyle: { color: colour("chart-1", 0.08) },
        markLine: { silent: true, symbol: "none", animation: false, label: { color: colour("muted"), position: "insideEndTop", formatter: "{b}" },
          lineStyle: { type: "dashed", width: 1.2 },
          data: [{ yAxis: shape.atRiskBelow, name: labels.atRiskBelow, lineStyle: { color: colour("text") } },
            ...(shape.bands ?? []).filter((band) => band.from !== shape.atRiskBelow)
              .map((band) => ({ yAxis: band.from, name: band.name, lineStyle: { color: colour("line-strong"), opacity: 0.5 } }))] },
      })];
      const coming = (shape.forecast ?? []).map((step) => [Date.parse(step.at), step.score]);
      if (coming.length && points.length) series.push(line(labels.forecast, [points.at(-1).slice(0, 2), ...coming], "chart-1", {
        step: "end", ...dashed, lineStyle: { ...dashed.lineStyle, color: colour("muted") }, itemStyle: { color: colour("muted") } }));
      for (const kind of Object.keys(symbols)) {
        const [symbol, size, key] = symbols[kind];
        series.push({ name: labels[kind], type: "scatter", symbol, symbolSize: size,
          itemStyle: { color: colour(key), borderColor: colour("surface"), borderWidth: 1.5 }, z: 5,
          data: marks.filter((m) => m.kind === kind && (first === undefined || m.time >= first)).map((m) => ({ value: [m.time, scoreAt(m.time)], mark: m })) });
      }
      return {
        option: {
          ...option,
          grid: { ...option.grid, top: 12, right: 16 },
          tooltip: { ...option.tooltip, trigger: "item", axisPointer: { type: "none" }, formatter: (point) => point.data.mark
            ? tip(formats.time.format(new Date(point.data.mark.time)), [[point.data.mark.label, point.data.mark.detail ?? ""]])
            : tip(formats.time.format(new Date(point.data[0])), [[labels.score, whole.format(point.data[1])],
              ...(point.seriesName === labels.reconstructed ? [[labels.reconstructed, labels.basis]] : [])]) },
          xAxis: { ...axis, type: "time", splitLine: { show: false }, splitNumber: 4, ...timeAxis(points.map((p) => p[0]), axis) },
          yAxis: { ...axis, type: "value", min: 0, max: 100, interval: 25 },
          series: series.map((s) => s.type === "line" ? { ...s, showSymbol: true, symbolSize: 5 } : s),
        },
        empty: points.length === 0,
        past: hasPast,
        head: [labels.when, labels.score, labels.band, labels.cause, ...(hasPast ? [labels.reconstructed] : [])],
        rows: items.slice().reverse().map((item) => [formats.time.format(new Date(item.asOf)), number(item.score ?? item.engagementScore),
          labels["band." + item.band] ?? item.band, labels["cause." + item.cause] ?? item.cause ?? "–",
          ...(hasPast ? [item.reconstructed ? labels.basis : "–"] : [])]),
      };
    },
    compare(data, labels) {
      const { axis, option } = base();
      const before = data.before ?? [];
      const after = data.after ?? [];
      const names = before.map((bin) => `${bin.from}–${bin.to >= 100 ? 100 : bin.to - 1}`);
      const bar = (name, list, key) => ({ name, type: "bar", data: list.map((bin) => bin.clients), itemStyle: { color: colour(key) }, barGap: "10%" });
      return {
        option: {
          ...option,
          tooltip: { ...option.tooltip, axisPointer: { ...option.tooltip.axisPointer, type: "shadow" }, formatter: (points) => {
            const i = points[0].dataIndex;
            return tip(labels.score + " " + names[i], [[labels.before, whole.format(before[i].clients)], [labels.after, whole.format(after[i].clients)]]);
          } },
          xAxis: { ...axis, type: "category", data: names, splitLine: { show: false } },
          yAxis: { ...axis, ...counts(axis), type: "value", minInterval: 1 },
          series: [bar(labels.before, before, "chart-2"), bar(labels.after, after, "chart-1")],
        },
        head: [labels.score, labels.before, labels.after],
        rows: before.map((bin, i) => [names[i], whole.format(bin.clients), whole.format(after[i].clients)]),
      };
    },
  };

  function table(place, head, rows) {
    const wrap = document.createElement("div");
    wrap.className = "table-wrap";
    wrap.tabIndex = 0;
    wrap.setAttribute("role", "region");
    wrap.setAttribute("aria-label", place.querySelector("summary").textContent);
    const element = document.createElement("table");
    const headRow = element.createTHead().insertRow();
    head.forEach((name, i) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      if (i) cell.className = "num";
      cell.textContent = name;
      headRow.append(cell);
    });
    const body = element.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      row.forEach((value, i) => {
        const cell = line.insertCell();
        if (i) cell.className = "num";
        if (value.href) {
          const link = document.createElement("a");
          link.href = value.href;
          link.textContent = value.text;
          cell.append(link);
        } else {
          cell.textContent = value;
        }
      });
    }
    wrap.append(element);
    place.querySelector(".table-wrap")?.remove();
    place.append(wrap);
  }

  let library = null;

  /** The library is large, and a phone takes a while to read it: it comes with the first chart that is near. */
  function echarts() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.querySelector("[data-echarts]").dataset.echarts;
      script.onload = () => {
        resolve(window.echarts);
        drawTheRest();
      };
      script.onerror = () => reject(new Error(window.rekindle.text("error.failed")));
      document.head.append(script);
    });
    return library;
  }

  const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200));

  /** Charts further down, one at a time. */
  function drawTheRest() {
    const rest = charts.find((chart) => !chart.near && chart.data && chart.element.isConnected);
    if (!rest) return;
    idle(async () => {
      rest.near = true;
      await draw(rest);
      drawTheRest();
    });
  }

  async function draw(chart) {
    if (!chart.data) return;
    const made = kinds[chart.element.dataset.chart](chart.data, JSON.parse(chart.element.dataset.labels), chart.element);
    chart.element.classList.remove("skeleton");
    const pastNote = document.getElementById(chart.element.id + "-past");
    if (pastNote) pastNote.hidden = !made.past;
    if (made.empty) {
      chart.element.textContent = chart.element.dataset.empty ?? "";
      return;
    }
    const behind = document.getElementById(chart.element.dataset.table);
    if (behind) {
      const drawn = JSON.stringify(made.rows);
      if (chart.drawn !== drawn) table(behind, made.head, made.rows);
      chart.drawn = drawn;
    }
    if (!chart.near) return;
    const library = await echarts();
    if (!chart.element.isConnected) return;
    if (!chart.instance) drawTheRest();
    chart.instance ??= library.init(chart.element, null, { renderer: "canvas" });
    chart.instance.setOption(made.option, true);
    chart.element.dataset.drawn = "true";
  }

  async function load(chart) {
    try {
      const inline = chart.element.dataset.json;
      chart.data = inline ? JSON.parse(document.getElementById(inline).textContent) : await call("GET", chart.element.dataset.src);
      const { asOf, scoredUntil, ...numbers } = chart.data;
      const shape = chart.element.dataset.shape;
      const content = JSON.stringify(numbers) + (shape ? document.getElementById(shape)?.textContent : "");
      // Most of the time nothing has changed, and to draw takes longer than to ask.
      if (content === chart.content) return;
      chart.content = content;
      await draw(chart);
    } catch (error) {
      if (!chart.data) chart.element.textContent = error.message;
    }
  }

  const nearing = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      nearing.unobserve(entry.target);
      const chart = charts.find((other) => other.element === entry.target);
      if (!chart) continue;
      chart.near = true;
      draw(chart);
    }
  }, { rootMargin: "400px" });

  function add(element, more = {}) {
    const chart = { element, data: null, instance: null, near: false, ...more };
    charts.push(chart);
    nearing.observe(element);
    new ResizeObserver(() => chart.instance?.resize()).observe(element);
    return chart;
  }

  function setUp() {
    for (const element of document.querySelectorAll("[data-chart]")) {
      if (!charts.some((chart) => chart.element === element)) load(add(element));
    }
    for (let i = charts.length - 1; i >= 0; i--) {
      if (!charts[i].element.isConnected) {
        charts[i].instance?.dispose();
        charts.splice(i, 1);
      }
    }
  }

  /* ---------------------------------------------------------------- what a policy would change */

  const bins = (counts) => counts.map((clients, i) => ({ from: i * 100 / counts.length, to: (i + 1) * 100 / counts.length, clients }));

  function showComparison(place, view) {
    const { text } = window.rekindle;
    const { before, after } = view.result;
    const { quality } = view.result;
    const both = (from, to, format = whole) => text("policy.change", ...[from, to].map((number) => number === null ? "–" : format.format(number)));
    const values = {
      scoreChanges: whole.format(view.result.scoreChanges),
      enteringAtRisk: whole.format(view.result.enteringAtRisk),
      leavingAtRisk: whole.format(view.result.leavingAtRisk),
      emailsAtOnce: whole.format(view.result.emailsAtOnce),
      emailsCancelled: whole.format(view.result.emailsCancelled),
      atRisk: both(before.atRisk, after.atRisk),
      averageScore: both(before.averageScore, after.averageScore),
      emailsPerDay: both(before.emailsPerDay, after.emailsPerDay),
      auc: both(quality.before.auc, quality.after.auc, fraction),
      ece: both(quality.before.ece, quality.after.ece, fraction),
    };
    for (const slot of document.querySelectorAll("#preview [data-slot], .preview-bar [data-slot]")) slot.textContent = values[slot.dataset.slot];
    place.querySelector("[data-preview-quality]").textContent = text("policy.quality", quality.days, whole.format(quality.returns), whole.format(quality.clients));
    place.querySelector("[data-preview-state]").textContent = text("policy.done", before.policyVersion, whole.format(view.result.users));
    const element = document.getElementById("compare");
    element.dataset.chart = "compare";
    const chart = charts.find((other) => other.element === element) ?? add(element, { still: true });
    chart.data = { before: bins(before.distribution), after: bins(after.distribution) };
    draw(chart);
  }

  window.rekindle.compare = showComparison;
  window.rekindle.drawCharts = setUp;
  document.addEventListener("DOMContentLoaded", setUp);
  document.addEventListener("rekindle:swapped", setUp);
  document.addEventListener("rekindle:theme", () => charts.forEach(draw));
  window.addEventListener("beforeprint", () => {
    for (const chart of charts) {
      chart.near = true;
      draw(chart);
    }
  });
  document.addEventListener("rekindle:refresh", () => {
    for (const chart of charts) if (!chart.element.dataset.json && !chart.still) load(chart);
  });
})();
