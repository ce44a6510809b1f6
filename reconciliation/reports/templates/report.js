"use strict";
(async () => {
  const AT_ONCE = 50;
  const ON_PAPER = 2000;
  const SEVERITIES = ["critical", "high", "medium", "low"];
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const STANDINGS = {
    cannot_tell: "cannot tell", owed_promised: "owed, and promised", owed: "owed", overpaid: "overpaid", settled: "settled",
  };
  const sterling = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });
  const byName = new Intl.Collator("en-GB", { numeric: true });

  const pounds = (pence) => (pence === null ? "" : sterling.format(pence / 100));
  const day = (iso) => (iso === null ? "" : `${+iso.slice(8)} ${MONTHS[iso.slice(5, 7) - 1]} ${iso.slice(0, 4)}`);
  const words = (name) => (name ?? "").replaceAll("_", " ");

  /* An element with properties and children; text is always set as text, so nothing in it is ever read as markup. */
  const el = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };

  const unpack = async (id) => {
    const text = atob(document.getElementById(id).textContent);
    const bytes = new Uint8Array(text.length);
    for (let place = 0; place < text.length; place += 1) bytes[place] = text.charCodeAt(place);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };

  const { families, exceptions, codes } = await unpack("first");
  let workings = null;

  const familyCell = (place) => {
    if (place === null) return el("span", {}, "not known");
    const open = el("button", { type: "button", className: "plain" }, families.family_id[place]);
    open.dataset.family = place;
    open.setAttribute("aria-haspopup", "dialog");
    return el("span", {}, open, " ", families.recipient_name[place] ?? "");
  };

  /* A table that filters, searches and sorts its rows and shows some of them at a time. */
  const listing = (section, size, columns, filters, searched, noun, isDone) => {
    const form = section.querySelector("form");
    const body = section.querySelector("tbody");
    const status = section.querySelector("[role=status]");
    const more = section.querySelector(".more button");
    let haystack = null;
    let found = [];
    let shown = AT_ONCE;
    let sorted = null;

    const row = (place) => {
      const made = el("tr", { className: isDone(place) ? "done" : "" });
      for (const { kind, cell } of Object.values(columns)) {
        const content = cell(place);
        made.append(el("td", { className: kind }, content));
      }
      return made;
    };
    const draw = () => {
      body.replaceChildren(...found.slice(0, shown).map(row));
      more.hidden = found.length <= shown;
      const many = `${found.length.toLocaleString("en-GB")} of ${size.toLocaleString("en-GB")} ${noun}`;
      status.textContent = found.length > shown ? `${many}, the first ${shown.toLocaleString("en-GB")} shown` : many;
    };
    const order = () => {
      if (!sorted) return;
      const { key } = columns[sorted.name];
      const keys = new Map(found.map((place) => [place, key(place)]));
      const way = sorted.way === "ascending" ? 1 : -1;
      found.sort((a, b) => {
        const [left, right] = [keys.get(a), keys.get(b)];
        if (left === null || right === null) return (left === null) - (right === null) || a - b;
        const difference = typeof left === "number" ? left - right : byName.compare(left, right);
        return way * difference || a - b;
      });
    };
    const find = () => {
      const wanted = Object.entries(filters).map(([name, of]) => [form.elements[name].value, of]).filter(([value]) => value);
      const terms = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
      if (terms.length) haystack ??= Array.from({ length: size }, (_, place) => searched(place).join(" ").toLowerCase());
      found = [];
      for (let place = 0; place < size; place += 1) {
        const fits = wanted.every(([value, of]) => of(place) === value);
        if (fits && terms.every((term) => haystack[place].includes(term))) found.push(place);
      }
      shown = AT_ONCE;
      order();
      draw();
    };

    form.addEventListener("input", find);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(find));
    more.addEventListener("click", () => { shown += 4 * AT_ONCE; draw(); });
    window.addEventListener("beforeprint", () => { shown = Math.max(shown, ON_PAPER); draw(); });
    section.querySelector("thead").addEventListener("click", (event) => {
      const head = event.target.closest("th");
      if (!head || !event.target.closest("button")) return;
      const way = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      section.querySelectorAll("th[aria-sort]").forEach((other) => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", way);
      sorted = { name: head.dataset.column, way };
      order();
      draw();
    });
    find();
  };

  const inFamily = (column) => (place) => {
    const family = exceptions.family[place];
    return family === null ? null : families[column][family];
  };
  const severity = (name) => el("span", { className: `severity ${name}` }, name);
  const isClosed = (place) => ["closed", "snoozed"].includes(exceptions.status[place]);
  const told = (place) => el("div", {},
    el("strong", {}, codes[exceptions.code[place]][0]), el("br"), exceptions.summary[place],
    exceptions.evidence[place] ? el("div", { className: "quiet" }, exceptions.evidence[place]) : null);

  listing(
    document.getElementById("exceptions"), exceptions.code.length,
    {
      severity: { kind: "", key: (p) => SEVERITIES.indexOf(exceptions.severity[p]), cell: (p) => severity(exceptions.severity[p]) },
      family: { kind: "", key: inFamily("family_id"), cell: (p) => familyCell(exceptions.family[p]) },
      title: { kind: "", key: (p) => codes[exceptions.code[p]][0], cell: told },
      amount: { kind: "money", key: (p) => exceptions.amount_pence[p], cell: (p) => pounds(exceptions.amount_pence[p]) },
      since: { kind: "day", key: (p) => exceptions.since[p], cell: (p) => day(exceptions.since[p]) },
      age: { kind: "number", key: (p) => exceptions.age_days[p], cell: (p) => String(exceptions.age_days[p] ?? "") },
      owner: { kind: "", key: (p) => exceptions.owner[p], cell: (p) => exceptions.owner[p] },
      status: { kind: "", key: (p) => exceptions.status[p], cell: (p) => words(exceptions.status[p]) },
    },
    {
      severity: (p) => exceptions.severity[p], owner: (p) => exceptions.owner[p], code: (p) => exceptions.code[p],
      team: (p) => exceptions.team[p], status: (p) => exceptions.status[p],
    },
    (p) => [inFamily("family_id")(p), inFamily("recipient_name")(p), exceptions.code[p], codes[exceptions.code[p]][0],
      exceptions.subject[p], exceptions.summary[p], exceptions.evidence[p], exceptions.decision_note[p]],
    "exceptions", isClosed,
  );

  const money = (column) => ({ kind: "money", key: (p) => families[column][p], cell: (p) => pounds(families[column][p]) });
  const order = Object.keys(STANDINGS);
  listing(
    document.getElementById("families"), families.family_id.length,
    {
      family: { kind: "", key: (p) => families.family_id[p], cell: familyCell },
      team: { kind: "", key: (p) => families.team[p], cell: (p) => families.team[p] ?? "" },
      standing: { kind: "", key: (p) => order.indexOf(families.standing[p]), cell: (p) => STANDINGS[families.standing[p]] },
      due: money("due_pence"), paid: money("paid_pence"), arrears: money("arrears_pence"),
      oldest: { kind: "day", key: (p) => families.oldest_unpaid_on[p], cell: (p) => day(families.oldest_unpaid_on[p]) },
      overpaid: money("overpaid_pence"),
    },
    { standing: (p) => families.standing[p], team: (p) => families.team[p] },
    (p) => [families.family_id[p], families.recipient_name[p], families.team[p]],
    "families", () => false,
  );

  /* The places of a part's rows that belong to `value` in its first column, found once for all values. */
  const grouped = (part, column) => {
    const places = new Map();
    part[column].forEach((value, place) => {
      if (!places.has(value)) places.set(value, []);
      places.get(value).push(place);
    });
    return (value) => places.get(value) ?? [];
  };
  const openWorkings = async () => {
    const parts = await unpack("workings");
    const lines = new Map(parts.lines.entitlement_id.map((id, place) => [id, place]));
    return {
      ...parts, line: (id) => lines.get(id), duesOf: grouped(parts.dues, "family"), paidOf: grouped(parts.paid, "due"),
      earlierOf: grouped(parts.earlier, "family"), movedOf: grouped(parts.moved, "family"),
      promisesOf: grouped(parts.promises, "family"), compensationOf: grouped(parts.compensation, "family"),
      exceptionsOf: grouped(exceptions, "family"),
    };
  };

  const table = (caption, headings, rows) => {
    const heads = headings.map(([says, kind]) => el("th", { scope: "col", className: kind }, says));
    const body = rows.map((cells) => el("tr", {}, ...cells.map((cell, n) => el("td", { className: headings[n][1] }, cell))));
    return el("div", { className: "wide-table" }, el("table", {}, el("caption", { className: "spoken" }, caption),
      el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...body)));
  };
  const titled = (title, ...content) => el("section", {}, el("h3", {}, title), ...content);

  const dayCount = (percentDays) => {
    const days = percentDays / 100;
    return `${Number.isInteger(days) ? days : days.toFixed(2)} ${days === 1 ? "day" : "days"}`;
  };
  const how = (due) => {
    const { dues, lines } = workings;
    const line = workings.line(dues.entitlement_id[due]);
    const id = dues.entitlement_id[due];
    if (lines.kind[line] === "one_off") return `${id}: once`;
    const rate = `${id}: ${dayCount(dues.percent_days[due])} at ${pounds(lines.amount_pence[line])} a week`;
    const less = dues.contribution_pence[due];
    return less ? `${rate} = ${pounds(dues.gross_pence[due])}, less contribution ${pounds(less)}` : rate;
  };
  const paidList = (due) => el("ul", {}, ...workings.paidOf(due).map((place) => {
    const { paid } = workings;
    const says = `${pounds(paid.amount_pence[place])} on ${day(paid.posted_on[place])} `;
    return el("li", {}, says, el("span", { className: "quiet" }, `${paid.transaction_id[place]}, ${paid.step[place]}`));
  }));
  const duesTable = (family) => {
    const { dues } = workings;
    const places = [...workings.duesOf(family)].reverse();
    const rows = places.map((due) => [
      day(dues.due_on[due]) + (dues.is_upcoming[due] ? " (coming)" : ""),
      `${day(dues.period_start[due])} – ${day(dues.period_end[due])}`,
      how(due), pounds(dues.due_pence[due]), paidList(due), pounds(dues.outstanding_pence[due]),
    ]);
    const headings = [["Due", "day"], ["For", ""], ["How it is worked out", ""], ["Sum", "money"], ["Paid by", ""], ["Outstanding", "money"]];
    return table("Dues, newest first", headings, rows);
  };
  const earlierLine = (family) => {
    const [place] = workings.earlierOf(family);
    if (place === undefined) return null;
    const { earlier } = workings;
    return el("p", { className: "quiet" },
      `Before that, ${earlier.dues[place]} dues of ${pounds(earlier.due_pence[place])} in all were paid in full. The family's statement lists them.`);
  };
  const movedTable = (family) => {
    const { moved } = workings;
    const rest = (place) => (moved.unallocated_pence[place] ? `${pounds(moved.unallocated_pence[place])} pays nothing yet`
      : moved.unexplained_pence[place] ? `${pounds(moved.unexplained_pence[place])} unexplained` : "");
    const rows = [...workings.movedOf(family)].reverse().map((place) => [
      day(moved.posted_on[place]), moved.transaction_id[place], moved.kind[place], pounds(moved.amount_pence[place]),
      moved.promise_id[place] ? `for promise ${moved.promise_id[place]}` : rest(place),
    ]);
    return table("Money moved, newest first", [["Posted", "day"], ["Transaction", ""], ["Kind", ""], ["Amount", "money"], ["", ""]], rows);
  };
  const promisesTable = (family) => {
    const { promises } = workings;
    const rows = workings.promisesOf(family).map((place) => [
      promises.promise_id[place], words(promises.kind[place]), pounds(promises.amount_pence[place]),
      pounds(promises.outstanding_pence[place]), day(promises.agreed_on[place]), day(promises.due_on[place]), promises.state[place],
    ]);
    return rows.length && titled("What was promised", table("Promises",
      [["Promise", ""], ["What", ""], ["Amount", "money"], ["Outstanding", "money"], ["Agreed", "day"], ["Due", "day"], ["State", ""]], rows));
  };
  const compensationTable = (family) => {
    const { compensation } = workings;
    const rows = workings.compensationOf(family).map((place) => [
      words(compensation.head[place]) + (compensation.basis[place] ? `: ${words(compensation.basis[place])}` : ""),
      pounds(compensation.low_pence[place]), pounds(compensation.high_pence[place]), compensation.trigger[place] ?? "",
      compensation.source[place] ?? "",
    ]);
    return rows.length && titled("What lateness may be worth (a person decides)", table("Compensation",
      [["Head", ""], ["Low", "money"], ["High", "money"], ["Why", ""], ["Source", ""]], rows));
  };
  const exceptionsTable = (family) => {
    const rows = workings.exceptionsOf(family).map((place) => [
      severity(exceptions.severity[place]), told(place), codes[exceptions.code[place]][2], exceptions.owner[place], words(exceptions.status[place]),
    ]);
    return rows.length && titled("What needs a person", table("Exceptions of this family",
      [["Severity", ""], ["What", ""], ["What to do", ""], ["Owner", ""], ["Status", ""]], rows));
  };
  const SUMS = [["Due", "due"], ["Paid", "paid"], ["Arrears", "arrears"], ["Paid ahead", "prepaid"], ["Overpaid", "overpaid"],
    ["Taken back", "recovered"], ["Remedies paid", "remedies_paid"], ["Old money used for newer dues", "offset"],
    ["The bank may still return", "provisional"]];
  const sums = (family) => el("ul", { className: "sums" }, ...SUMS
    .filter(([, name], place) => place < 3 || families[`${name}_pence`][family])
    .map(([says, name]) => el("li", {}, `${says} `, el("strong", {}, pounds(families[`${name}_pence`][family])))));

  const dialog = document.querySelector("dialog");
  const open = async (family) => {
    workings ??= await openWorkings();
    const close = el("button", { type: "button", className: "close" }, "Close");
    close.addEventListener("click", () => dialog.close());
    const name = `${families.family_id[family]} ${families.recipient_name[family] ?? ""}`;
    const standing = `${families.team[family] ?? "No team"} · ${STANDINGS[families.standing[family]]}`;
    const dues = [earlierLine(family)];
    if (workings.duesOf(family).length) dues.unshift(duesTable(family));
    const parts = [
      exceptionsTable(family), titled("What fell due, and what paid for it", ...dues), promisesTable(family),
      workings.movedOf(family).length && titled("Money moved", movedTable(family)), compensationTable(family),
    ];
    dialog.firstElementChild.replaceChildren(
      el("div", { className: "top" }, el("div", {}, el("h2", { id: "working-title" }, name), el("p", { className: "quiet" }, standing)), close),
      sums(family), ...parts.filter(Boolean));
    dialog.showModal();
    dialog.scrollTop = 0;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-family]");
    if (button) open(Number(button.dataset.family));
    if (event.target === dialog) dialog.close();
  });
  const named = decodeURIComponent(location.hash).match(/^#family=(.+)$/);
  if (named && families.family_id.includes(named[1])) await open(families.family_id.indexOf(named[1]));
  document.documentElement.dataset.ready = "yes";
})();
