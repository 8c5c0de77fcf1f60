// What the report can do with JavaScript: search, filter, group, fold, and
// choose light or dark. The page is whole without it.
"use strict";

(() => {
  const root = document.documentElement;
  const list = document.getElementById("findings");
  const search = document.getElementById("search");
  const grouping = document.getElementById("grouping");
  const shown = document.getElementById("shown");
  const more = document.getElementById("more");
  const nothing = document.getElementById("nothing");
  const facets = [...document.querySelectorAll(".facet")];

  // A finding, with all that filters ask of it.
  const findings = [...list.querySelectorAll(".finding")].map((node) => ({
    node,
    check: node.dataset.check,
    file: node.dataset.file,
    cause: node.dataset.cause,
    text: node.textContent.toLowerCase(),
  }));
  const chosen = { check: new Set(), file: new Set(), cause: new Set() };

  root.classList.add("js");

  // Every word has to be there; of one kind of facet any chosen one will do.
  let words = [];
  function matches(finding) {
    return (
      words.every((word) => finding.text.includes(word)) &&
      Object.entries(chosen).every(([kind, values]) => values.size === 0 || values.has(finding[kind]))
    );
  }

  function heading(kind, value) {
    if (value) return value;
    return kind === "cause" ? "Other findings" : "No file";
  }

  // Puts every finding under its heading. Files stay in their order; checks and
  // causes with most findings lead, and what has no cause comes last.
  let groups = [];
  function group() {
    const kind = grouping.value;
    const byValue = new Map();
    for (const finding of findings) {
      const value = finding[kind];
      if (!byValue.has(value)) byValue.set(value, []);
      byValue.get(value).push(finding);
    }
    const order = [...byValue];
    if (kind !== "file") order.sort((a, b) => !a[0] - !b[0] || b[1].length - a[1].length);
    groups = order.map(([value, members]) => {
      const section = document.createElement("section");
      const title = document.createElement("h2");
      const number = document.createElement("span");
      section.className = "group";
      number.className = "count";
      title.append(heading(kind, value) + " ", number);
      section.append(title, ...members.map((finding) => finding.node));
      return { section, number, members };
    });
    list.replaceChildren(...groups.map((of) => of.section));
    draw();
  }

  // Shows what matches, but no more at once than a browser lays out in no time.
  const step = 200;
  let limit = step;
  function draw() {
    let matching = 0;
    for (const { section, number, members } of groups) {
      let here = 0;
      for (const finding of members) {
        const match = matches(finding);
        finding.node.hidden = !match || matching >= limit;
        matching += match;
        here += match;
      }
      section.hidden = members.every((finding) => finding.node.hidden);
      number.textContent = here === 1 ? "1 finding" : `${here} findings`;
    }
    nothing.hidden = matching > 0;
    shown.hidden = matching === findings.length;
    shown.textContent = `${matching} of ${findings.length} findings`;
    more.hidden = matching <= limit;
    more.textContent = `Show more (${matching - limit} are left)`;
    for (const facet of facets) {
      const { kind, value } = facet.dataset;
      facet.setAttribute("aria-pressed", chosen[kind].has(value));
    }
  }

  // After another question, from the beginning.
  function ask() {
    words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    limit = step;
    draw();
  }

  for (const facet of facets) {
    facet.setAttribute("role", "button");
    facet.addEventListener("click", (event) => {
      event.preventDefault();
      const values = chosen[facet.dataset.kind];
      if (!values.delete(facet.dataset.value)) values.add(facet.dataset.value);
      ask();
    });
    facet.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      facet.click();
    });
  }

  search.addEventListener("input", ask);
  grouping.addEventListener("change", group);
  more.addEventListener("click", () => {
    limit += step;
    draw();
  });
  document.getElementById("reset").addEventListener("click", () => {
    search.value = "";
    Object.values(chosen).forEach((values) => values.clear());
    ask();
  });

  document.getElementById("fold").addEventListener("click", (event) => {
    const open = event.target.getAttribute("aria-expanded") !== "true";
    event.target.setAttribute("aria-expanded", open);
    event.target.textContent = open ? "Fold all" : "Unfold all";
    list.querySelectorAll("details").forEach((details) => (details.open = open));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });

  // A page from a file may be refused storage; then the choice lasts as long
  // as the page.
  const theme = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
  }
  function name() {
    theme.textContent = isDark() ? "Light" : "Dark";
  }
  try {
    const kept = localStorage.getItem("nostall-theme");
    if (kept) root.dataset.theme = kept;
  } catch {}
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("nostall-theme", root.dataset.theme);
    } catch {}
    name();
  });
  dark.addEventListener("change", name);
  name();
  group();
})();
