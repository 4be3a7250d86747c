// The table of all schemes.

import { byId, h } from "./dom.js";

const LABELS = ["Algorithm", "Signed", "Not covered", "Time and replay", "Evidence"];

export function showCatalogue(schemes) {
  const rows = schemes.flatMap((scheme) =>
    Object.entries(scheme.flows).map(([flow, about]) => {
      const evidence = scheme.evidence ? `${scheme.evidence.kind}: ${scheme.evidence.note}` : "none";
      const cells = [`${about.algorithm}, ${about.encoding}`, about.signed || "nothing", about.not_covered, about.time, evidence];
      const row = h(
        "tr",
        {},
        h("th", { scope: "row" }, scheme.name, h("small", {}, `${scheme.id} ${flow}`)),
        cells.map((text, index) => h("td", { "data-label": LABELS[index] }, text)),
      );
      return { row, text: [scheme.name, scheme.id, flow, ...cells].join(" ").toLowerCase() };
    }),
  );
  byId("rows").replaceChildren(...rows.map(({ row }) => row));
  const filter = () => {
    const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    byId("count").textContent = `${shown} of ${rows.length} rules`;
  };
  byId("filter").addEventListener("input", filter);
  filter();
}
