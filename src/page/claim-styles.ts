/** The style sheet of the list of claims and its strips. */
export const claimStyles = `
.doubts { padding-left: 1.4rem; max-width: 50rem; }
.doubts li { margin: 0.5rem 0; }
.claim-controls[hidden] { display: none; }
.claim-controls { align-items: center; gap: 0.4rem 0.8rem; }
.claim-controls output { color: var(--muted); }
input[type=search] { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--muted); border-radius: 5px; padding: 0.15rem 0.5rem; width: 9rem; max-width: 100%; }
.claims { list-style: none; padding: 0; margin: 0; }
.claim { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 22rem); gap: 0.1rem 1.5rem; padding: 0.7rem 0.5rem; border-bottom: 1px solid var(--line); align-items: start; }
.claim[hidden] { display: none; }
.claim:target { background: var(--raised); box-shadow: inset 4px 0 0 var(--accent); }
.claim p { margin: 0.1rem 0; }
.said, .evidence { min-width: 0; overflow-wrap: anywhere; }
.evidence { grid-column: 1 / -1; }
.claim .where { white-space: normal; margin-left: 0.4rem; }
.claim .link { text-decoration: none; padding: 0 0.4rem; }
.facts-line { font-size: 0.9rem; font-variant-numeric: tabular-nums; }
.facts-line > span { display: inline-block; margin-right: 0.5rem; }
.facts-line i, .why b { font-style: normal; font-weight: 400; color: var(--muted); }
.why { font-size: 0.9rem; }
.value { white-space: nowrap; }
.strip { display: block; width: 100%; max-width: 24rem; height: auto; overflow: visible; font-size: 11px; }
.strip text { fill: var(--ink); }
.strip .axis text { text-anchor: middle; fill: var(--muted); stroke: none; }
.strip .axis, .strip .axis path { fill: none; stroke: var(--muted); }
.strip .allowed { fill: var(--raised); }
.strip .central { fill: none; stroke: var(--muted); stroke-width: 3; }
.strip .dots { fill: none; stroke: var(--accent); stroke-width: 3.6; stroke-linecap: round; stroke-opacity: 0.75; }
.strip .printed { fill: var(--bad); fill-opacity: 0.25; }
.strip .published { fill: none; stroke: var(--bad); stroke-width: 2; }
.strip .diverged { fill: none; stroke: var(--bad); stroke-width: 1.5; }
.strip .true { fill: var(--good); fill-opacity: 0.15; }
.strip .false { fill: var(--bad); fill-opacity: 0.15; }
.strip .interval { fill: none; stroke: var(--ink); stroke-width: 2; }
.strip .paired { fill: var(--accent); }
.strip .unpaired { fill: var(--page); stroke: var(--accent); stroke-width: 1.5; }
@media (width < 44rem) {
  .claim { grid-template-columns: minmax(0, 1fr); }
}
`;

/** On paper: every claim, whatever is chosen on the screen. */
export const claimPrintStyles = `
  .claim[hidden] { display: grid; }
  .claim-controls, .claim .link { display: none; }
  .claim { break-inside: avoid; padding: 0.3rem 0; }
  .strip .allowed { fill: #e8e8e8; }
`;
