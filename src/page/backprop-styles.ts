/** The style sheet of the page of a recording, besides that of all pages. */
export const backpropStyles = `
.facts dd { overflow-wrap: anywhere; }
.verdict { font-weight: 600; border-left: 4px solid var(--muted); padding-left: 0.8rem; }
.verdict.good { border-color: var(--good); } .verdict.bad { border-color: var(--bad); }
.where-block { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; align-items: start; }
.where-block > div { flex: 1 1 18rem; min-width: 0; }
.network { flex: 1 1 21rem; width: 100%; max-width: 34rem; height: auto; font-size: 10.5px; }
.network text { fill: var(--ink); }
.network .layer { font-weight: 600; paint-order: stroke; stroke: var(--page); stroke-width: 5; stroke-linejoin: round; }
.network .passes text { text-anchor: middle; fill: var(--muted); }
.network .passes path { fill: none; stroke: var(--muted); stroke-width: 1.5; }
.network .links path { stroke: var(--line); stroke-width: 0.8; }
.network circle { fill: var(--raised); stroke: var(--muted); }
.network .more { text-anchor: middle; font-size: 13px; }
.lit rect { fill: var(--page); stroke: var(--good); stroke-width: 1.2; }
.lit text { text-anchor: middle; font-size: 10.5px; }
.lit.first rect { fill: var(--bad); stroke: var(--ink); stroke-width: 3; }
.network .lit.first text { fill: var(--page); font-weight: 700; }
.lit.separate rect { fill: var(--page); stroke: var(--bad); stroke-width: 3; }
.network .lit.separate text { font-weight: 700; }
.lit.consequence rect { fill: var(--raised); stroke: var(--muted); stroke-width: 1; stroke-dasharray: 1.5 2; }
.network .lit.consequence text, .network .lit.absent text { fill: var(--muted); }
.lit.absent rect { stroke: var(--line); stroke-dasharray: 5 3; }
.marks { list-style: none; padding: 0; margin: 0.6rem 0; }
.marks li { display: flex; gap: 0.5rem; align-items: baseline; margin: 0.2rem 0; }
.mark { display: inline-block; flex: none; min-width: 1.25rem; text-align: center; border-radius: 3px; font-weight: 600; line-height: 1.3; }
.mark.same { color: var(--good); }
.mark.first { background: var(--bad); color: var(--page); outline: 2px solid var(--ink); }
.mark.separate { color: var(--bad); outline: 2px solid var(--bad); }
.mark.consequence, .mark.absent { color: var(--muted); font-weight: 400; }
.equation { overflow-x: auto; font-size: 1.25rem; padding: 0.6rem 0; }
.worked { font-size: 1rem; padding: 0.2rem 0; }
math { font-family: 'STIX Two Math', 'Latin Modern Math', 'Cambria Math', math; }
math .doubted { outline: 2px solid var(--bad); outline-offset: 2px; background: var(--warning); }
.meanings math { font-size: 1.1em; math-style: normal; }
.meanings { list-style: none; padding: 0; margin: 0.4rem 0; display: flex; flex-wrap: wrap; gap: 0.3rem 2rem; }
.explanation { border-left: 4px solid var(--line); padding-left: 0.9rem; margin: 1rem 0; }
.explanation h3 { margin-top: 0; }
.matrices { display: flex; flex-wrap: wrap; gap: 0.5rem 1.4rem; align-items: start; }
.matrices :is(th, td) { padding-inline: 0.45rem; }
.matrices .place { container-type: normal; max-width: 100%; overflow-x: auto; padding: 2px; }
.numbers caption .where { margin-left: 0.4rem; }
.numbers tr.first { outline: 2px solid var(--bad); background: var(--warning); font-weight: 700; }
.numbers td.first { outline: 2px solid var(--bad); background: var(--warning); font-weight: 700; }
.numbers .gap { color: var(--muted); text-align: center; }
.timeline { font-size: 0.85rem; }
.timeline :is(th, td) { padding: 0.15rem 0.3rem; text-align: center; }
.timeline th[scope=row] { text-align: left; }
@media (width < 30rem) {
  .numbers { font-size: 0.8rem; } .numbers :is(th, td) { padding-inline: 0.3rem; }
  .timeline { font-size: 0.75rem; } .timeline :is(th, td) { padding-inline: 0.1rem; }
}
@media print {
  .where-block { display: block; }
  .network { max-width: 11cm; }
  .equation { overflow: visible; }
  .worked { font-size: 0.95rem; }
  .lit rect, .mark, .numbers .first { print-color-adjust: exact; }
  .explanation, .network, .equation, .matrices, footer { break-inside: avoid; }
}
`;
