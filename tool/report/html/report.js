// What the report can do with JavaScript: search, filter, group, fold, and
// choose light or dark. The page is whole without it.
"use strict";

(() => {
  const root = document.documentElement;
  const list = document.getElementById("findings");
  const search = document.getElementById("search");
  const grouping = document.getElementById("grouping");
  const shown = document.getElementById("shown");
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
  function matches(finding) {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return (
      words.every((word) => finding.text.includes(word)) &&
      Object.entries(chosen).every(([kind, values]) => values.size === 0 || values.has(finding[kind]))
    );
  }

  function heading(kind, value) {
    if (value) return value;
    return kind === "cause" ? "Other findings" : "No file";
  }

  function draw() {
    const kind = grouping.value;
    const groups = new Map();
    let count = 0;
    for (const finding of findings) {
      finding.node.hidden = !matches(finding);
      if (finding.node.hidden) continue;
      count += 1;
      const key = finding[kind];
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(finding.node);
    }
    // Files stay in their order; checks and causes with most findings lead, and
    // what has no cause comes last.
    const order = [...groups];
    if (kind !== "file") order.sort((a, b) => !a[0] - !b[0] || b[1].length - a[1].length);
    const sections = order.map(([value, nodes]) => {
      const section = document.createElement("section");
      section.className = "group";
      const title = document.createElement("h2");
      title.append(heading(kind, value) + " ");
      const number = document.createElement("span");
      number.className = "count";
      number.textContent = nodes.length === 1 ? "1 finding" : `${nodes.length} findings`;
      title.append(number);
      section.append(title, ...nodes);
      return section;
    });
    list.replaceChildren(...sections);
    nothing.hidden = count > 0;
    shown.hidden = count === findings.length;
    shown.textContent = `${count} of ${findings.length} findings`;
    for (const facet of facets) {
      const { kind: of, value } = facet.dataset;
      facet.setAttribute("aria-pressed", chosen[of].has(value));
    }
  }

  for (const facet of facets) {
    facet.setAttribute("role", "button");
    facet.addEventListener("click", (event) => {
      event.preventDefault();
      const values = chosen[facet.dataset.kind];
      if (!values.delete(facet.dataset.value)) values.add(facet.dataset.value);
      draw();
    });
    facet.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      facet.click();
    });
  }

  search.addEventListener("input", draw);
  grouping.addEventListener("change", draw);
  document.getElementById("reset").addEventListener("click", () => {
    search.value = "";
    Object.values(chosen).forEach((values) => values.clear());
    draw();
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
  draw();
})();
