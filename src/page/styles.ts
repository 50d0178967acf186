import { claimPrintStyles, claimStyles } from './claim-styles.ts';
import { cardWidths } from './data-table.ts';
import { darkFigures } from './figure-colors.ts';

/** A row as a card: a line with the name of the row, then named values side by side. */
const card = (table: string) => `
  ${table}, ${table} tbody { display: block; }
  ${table} thead { position: absolute; clip-path: inset(50%); }
  ${table} tr:not([hidden]) { display: flex; flex-wrap: wrap; gap: 0.05rem 0.9rem; padding: 0.45rem 0; border-bottom: 1px solid var(--line); }
  ${table} :is(th, td) { display: block; border: 0; padding: 0; text-align: left; white-space: normal; }
  ${table} :is(th, td):empty { display: none; }
  ${table} th[data-name] { flex: 1 1 100%; font-weight: 600; }
  ${table} [data-label]::before { content: attr(data-label) ' '; color: var(--muted); font-weight: 400; }
`;
const cards = [
  card('.cards-always'),
  ...cardWidths.map((width) => `@container (width < ${width}rem) {${card(`.cards-${width}`)}}`),
].join('\n');

/** The page's style sheet: light and dark, narrow and wide, screen and paper. */
export const styles = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --raised: #f4f5f7; --ink: #1c2127; --muted: #565f6b; --line: #d5dae1; --accent: #0b5cad;
  --good: #11692e; --bad: #b3211b; --unsure: #7a5200; --warning: #fff3d6;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --raised: #1e2329; --ink: #e6e9ed; --muted: #a3adb9; --line: #39414b; --accent: #7db8f5;
    --good: #6fce8b; --bad: #ff8d85; --unsure: #e5b95c; --warning: #3d3212;
  }
  ${darkFigures}
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 3rem) 3rem; max-width: 66rem; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif;
}
h1 { font-size: clamp(1.8rem, 5vw, 2.6rem); line-height: 1.15; margin: 0 0 0.6rem; }
h2 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 0.6rem; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 0.4rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
a { color: var(--accent); }
.kicker { color: var(--accent); font-weight: 600; letter-spacing: 0.06em; margin: 0; }
.lead { font-size: 1.1rem; }
.where { color: var(--muted); font-weight: 400; font-size: 0.9rem; white-space: nowrap; }
.note, figcaption { color: var(--muted); font-size: 0.9rem; }
.warning { background: var(--warning); border-left: 4px solid var(--unsure); padding: 0.6rem 0.9rem; }
.facts { display: flex; flex-wrap: wrap; gap: 0.4rem 2rem; margin: 1.2rem 0; }
.facts dt { color: var(--muted); font-size: 0.85rem; }
.facts dd { margin: 0; font-weight: 600; }
nav li { break-inside: avoid; padding: 0.15rem 0; line-height: 1.35; }
nav ul { list-style: none; columns: 2 26rem; column-gap: 2rem; padding: 0.8rem 0; margin: 0; border-block: 1px solid var(--line); }
section { margin: 2.4rem 0; padding-top: 0.4rem; }
section + section { border-top: 1px solid var(--line); padding-top: 2rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 31rem), 1fr)); gap: 0 1.5rem; align-items: start; }
figure { margin: 1rem 0; min-width: 0; }
figcaption { max-width: 46rem; margin-top: 0.4rem; }
.paper { border: 1px solid var(--line); border-radius: 6px; padding: 0.4rem; width: fit-content; max-width: 100%; }
.chart { min-height: 3rem; }
.chart svg { display: block; max-width: 100%; height: auto; }
figure .chart:not([data-drawn]) { min-height: 20rem; min-width: min(100%, 30rem); }
.place { container-type: inline-size; margin: 0.6rem 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.3rem; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 400; }
th .where { white-space: normal; font-size: 0.85em; font-weight: 400; }
thead th { border-bottom: 2px solid var(--line); font-weight: 600; vertical-align: bottom; white-space: normal; }
.number { text-align: right; }
tbody .number { white-space: nowrap; }
tbody .word { white-space: nowrap; }
${cards}
.grids { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); gap: 0.4rem 2rem; }
.grid { width: 100%; }
.grid td { line-height: 1.3; padding-inline: 0.3rem; }
.grid td > b, .grid td > span { display: block; }
.grid :is(th, td) { white-space: normal; }
.published, .difference { color: var(--muted); font-size: 0.85rem; }
td:has(> .best) { box-shadow: inset 0 0 0 2px var(--accent); border-radius: 4px; padding-inline: 0.35rem; }
@container (max-width: 20rem) { .place .grid { font-size: 0.66rem; } .place .grid :is(th, td, span, b) { padding-inline: 0.1rem; font-size: inherit; } }
@container (max-width: 26rem) { .grid { font-size: 0.82rem; } .grid :is(th, td) { padding-inline: 0.2rem; } .grid :is(.published, .difference) { font-size: 0.76rem; } }
.badge { font-weight: 600; white-space: nowrap; }
.badge.good { color: var(--good); } .badge.bad { color: var(--bad); } .badge.unsure { color: var(--unsure); } .badge.open { color: var(--muted); }
code { font: 0.92em ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
th code { white-space: nowrap; }
.command { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.8rem; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 0.4rem 0.8rem; width: fit-content; max-width: 100%; }
button, select { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--muted); border-radius: 5px; padding: 0.15rem 0.6rem; max-width: 100%; }
button { cursor: pointer; }
button:hover { border-color: var(--accent); color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.terms { columns: 2 22rem; column-gap: 2.5rem; margin: 0; }
.terms div { break-inside: avoid; padding: 0.25rem 0; }
.terms dt { font-weight: 600; }
.terms dd { margin: 0; }
.terms :target, div:target { background: var(--raised); }
details { margin: 0.8rem 0; }
summary { cursor: pointer; font-weight: 600; padding: 0.2rem 0; }
.controls { display: flex; flex-wrap: wrap; align-items: start; gap: 0.5rem 1.2rem; margin: 0.5rem 0 0.8rem; }
.controls > label { max-width: 100%; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; }
fieldset[hidden] { display: none; }
legend { float: left; margin-right: 0.6rem; color: var(--muted); }
.cells { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); flex: 1 1 100%; }
.cells legend { float: none; }
.swatch { vertical-align: -0.05em; }
.classifier { display: flex; flex-wrap: wrap; gap: 1.2rem 2rem; align-items: start; }
.drawing { width: min(100%, 280px); }
.pad { position: relative; width: 100%; aspect-ratio: 1; background: #000000; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.pad:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
#pad { display: block; width: 100%; height: 100%; touch-action: none; cursor: crosshair; outline: none; }
#pad-cursor { position: absolute; width: calc(100% / 28); aspect-ratio: 1; border: 2px solid #ffb000; pointer-events: none; display: none; }
#pad:focus-visible + #pad-cursor { display: block; }
#pad-cursor.down { background: #ffb000; }
.pad-row { display: flex; justify-content: space-between; align-items: center; }
.given canvas { width: 112px; height: 112px; image-rendering: pixelated; border: 1px solid var(--line); display: block; }
.said { flex: 1 1 16rem; max-width: 26rem; }
#answer { font-size: 1.25rem; font-weight: 600; margin: 0 0 0.4rem; }
#probabilities { list-style: none; padding: 0; margin: 0; }
#probabilities li { display: grid; grid-template-columns: 1.2rem 1fr 4.2rem; align-items: center; gap: 0.5rem; font-variant-numeric: tabular-nums; }
.track { background: var(--raised); border: 1px solid var(--line); height: 0.95rem; border-radius: 3px; overflow: hidden; }
.bar { display: block; height: 100%; width: 0; background: var(--muted); }
#probabilities .best { font-weight: 700; } .best .bar { background: var(--accent); }
.share { text-align: right; }
.images { display: flex; flex-wrap: wrap; gap: 0.5rem; max-width: none; }
.images button { padding: 2px; line-height: 0; background: #000000; }
.images canvas { width: 48px; height: 48px; image-rendering: pixelated; }
#tooltip { position: fixed; z-index: 10; pointer-events: none; background: #1c2127; color: #ffffff; border: 1px solid #ffffff; border-radius: 5px; padding: 0.3rem 0.6rem; font-size: 0.85rem; max-width: 20rem; font-variant-numeric: tabular-nums; }
#tooltip span { opacity: 0.8; }
footer { border-top: 1px solid var(--line); padding-top: 1.2rem; margin-top: 3rem; font-size: 0.92rem; }
.hash { font-size: 0.8em; }
${claimStyles}
@media print {
  @page { size: A4; margin: 15mm 12mm; }
  :root { color-scheme: light; font-size: 10pt; --raised: #ffffff; --ink: #000000; --muted: #444444; --line: #bbbbbb; --warning: #ffffff; }
  body { max-width: none; padding: 0; }
  nav, button, select, .controls, .curves, #tooltip, #network, .command button { display: none; }
  section { margin: 1.2rem 0; }
  section + section { padding-top: 1rem; }
  figure, tr, .grids .place, .command { break-inside: avoid; }
  h2, h3 { break-inside: avoid; }
  h2, h3, caption, summary, .note { break-after: avoid; }
  .grids { grid-template-columns: 1fr 1fr; }
  summary { list-style: none; }
  thead { display: table-header-group; }
  .figures { display: block; }
  .paper { border: 0; padding: 0; }
  .chart svg { max-width: 13cm; max-height: 22cm; }
  details:not([open]) { display: none; }
  ${claimPrintStyles}
  a { color: inherit; }
  main a[href^="http"]::after, footer a[href^="http"]::after { content: ' (' attr(href) ')'; overflow-wrap: anywhere; }
}
`;
