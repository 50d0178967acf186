// How often a figure of six numbers of an honest report is contradicted at 5 % whose runs have the tails of Student's t:
// the rates in docs/judging.md, "What this cannot say". Usage: node bench/heavy-tails.js

import { createRng } from '../dist/src/math/rng.js';
import { prepareFamily } from '../dist/src/stats/family.js';

const [cells, correlation, reports] = [6, 0.4, 500];
const domain = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** One run; its numbers have one factor of the tail together, or each its own. */
function run(rng, freedom, isShared) {
  const common = Math.sqrt(correlation) * rng.normal();
  const factor = () => {
    let squares = 0;
    for (let k = 0; k < freedom; k++) squares += rng.normal() ** 2;
    return Math.sqrt(squares / freedom);
  };
  const shared = factor();
  return Array.from({ length: cells }, () => {
    const x = common + Math.sqrt(1 - correlation) * rng.normal();
    return x / (isShared ? shared : factor());
  });
}

for (const isShared of [true, false]) {
  for (const freedom of [5, 3]) {
    for (const n of [20, 11]) {
      const rng = createRng(1, 'data');
      let contradicted = 0;
      for (let report = 0; report < reports; report++) {
        const runs = Array.from({ length: n }, () => run(rng, freedom, isShared));
        const columns = Array.from({ length: cells }, (_, cell) => runs.map((own) => own[cell]));
        const judge = prepareFamily(columns.map((own) => ({ runs: own, scale: 'plain', domain })));
        const published = run(rng, freedom, isShared).map((x) => ({ low: x, high: x }));
        if (judge(published).p <= 0.05) contradicted++;
      }
      const share = ((100 * contradicted) / reports).toFixed(1);
      console.log(`t with ${freedom} df, ${isShared ? 'shared' : 'own'} tails, ${n} runs: ${share} %`);
    }
  }
}
