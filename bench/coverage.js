// Simulates how often the prediction interval of n runs contains one further run, how wide the interval is, and how
// often the joint p-value rejects one further run of k numbers: node bench/coverage.js [--samples N] (after npm run
// build). Writes bench/results/coverage.json and prints it. The samples are the same in every run.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRng } from '../dist/src/math/rng.js';
import { mean, standardDeviation } from '../dist/src/stats/describe.js';
import { jointPValue } from '../dist/src/stats/joint.js';
import { predictionInterval } from '../dist/src/stats/prediction.js';
import { studentTTwoSided } from '../dist/src/stats/student-t.js';

const { values: options } = parseArgs({ options: { samples: { type: 'string', default: '20000' } } });
const samples = Number(options.samples);
const sizes = [5, 10, 20, 50];
const levels = [0.95, 0.99, 0.999];

const exponential = (rng) => -Math.log(1 - rng.uniform());
const sign = (rng) => (rng.uniform() < 0.5 ? -1 : 1);
const studentT = (freedom) => (rng) => {
  let square = 0;
  for (let i = 0; i < freedom; i++) square += rng.normal() ** 2;
  return rng.normal() / Math.sqrt(square / freedom);
};
const distributions = {
  normal: (rng) => rng.normal(),
  uniform: (rng) => rng.uniform(),
  bimodal: (rng) => sign(rng) + rng.normal() / 4,
  logistic: (rng) => -Math.log(1 / (1 - rng.uniform()) - 1),
  laplace: (rng) => sign(rng) * exponential(rng),
  t5: studentT(5),
  t3: studentT(3),
  exponential,
  'log-normal': (rng) => Math.exp(rng.normal()),
  contaminated: (rng) => rng.normal() * (rng.uniform() < 0.05 ? 10 : 1),
};

const tQuantiles = new Map();
/** The x with P(|t| >= x) = 1 - level, by bisection of the tail function, which is tested elsewhere. */
function tQuantile(level, freedom) {
  const key = `${level} ${freedom}`;
  if (!tQuantiles.has(key)) {
    let [low, high] = [0, 1e4];
    for (let step = 0; step < 100; step++) {
      const middle = (low + high) / 2;
      if (studentTTwoSided(middle, freedom) > 1 - level) low = middle;
      else high = middle;
    }
    tQuantiles.set(key, high);
  }
  return tQuantiles.get(key);
}

function tInterval(sample, level) {
  const center = mean(sample);
  const half =
    tQuantile(level, sample.length - 1) * standardDeviation(sample) * Math.sqrt(1 + 1 / sample.length);
  return { low: center - half, high: center + half };
}

const methods = { 'Student t': tInterval, 'prediction.ts': predictionInterval };

const rows = [];
for (const [index, [distribution, draw]] of Object.entries(distributions).entries()) {
  for (const n of sizes) {
    const counts = levels.flatMap((level) =>
      Object.keys(methods).map((method) => ({ method, level, inside: 0, width: 0 })),
    );
    const rng = createRng(n, 'data', index);
    for (let i = 0; i < samples; i++) {
      const sample = Array.from({ length: n }, () => draw(rng));
      const further = draw(rng);
      for (const count of counts) {
        const { low, high } = methods[count.method](sample, count.level);
        if (low <= further && further <= high) count.inside++;
        count.width += high - low;
      }
    }
    for (const { method, level, inside, width } of counts) {
      const classical = counts.find((other) => other.level === level && other.method === 'Student t');
      rows.push({
        distribution,
        n,
        level,
        method,
        coverage: inside / samples,
        width_ratio: width / classical.width,
      });
    }
  }
}

/** Draws runs of k correlated numbers, as in one run of the program. The published run is rounded to 1/50. */
function jointRejections(draw, n, k, correlation, count, rng) {
  const run = () => {
    const shared = Math.sqrt(correlation) * draw(rng);
    return Array.from({ length: k }, () => shared + Math.sqrt(1 - correlation) * draw(rng));
  };
  const step = 0.02;
  const pValues = Array.from({ length: count }, () => {
    const runs = Array.from({ length: n }, run);
    const published = run().map((value) => step * Math.round(value / step));
    return jointPValue(
      runs,
      published.map((value) => ({ low: value - step / 2, high: value + step / 2 })),
    );
  });
  const share = (alpha) => pValues.filter((p) => p <= alpha).length / count;
  return { rejected_at_5_percent: share(0.05), rejected_at_1_percent: share(0.01) };
}

const jointSamples = Math.ceil(samples / 10);
const joint = [];
for (const [index, distribution] of ['normal', 't3', 'log-normal', 'contaminated'].entries()) {
  for (const n of [5, 20]) {
    for (const k of [6, 32]) {
      for (const correlation of [0, 0.6, 0.95]) {
        const rng = createRng(1000 * n + k, 'data', 100 * correlation + index);
        const draw = distributions[distribution];
        const rejected = jointRejections(draw, n, k, correlation, jointSamples, rng);
        joint.push({ distribution, n, k, correlation, ...rejected });
      }
    }
  }
}

const what =
  'share of samples of n whose prediction interval contains one further draw, and mean width relative to the classical ' +
  't interval of the same samples; standard error of a coverage c: sqrt(c (1 - c) / samples)';
const jointWhat =
  'share of runs of k numbers, drawn like the n others, that the joint p-value rejects at 0.05 and at 0.01';
const target = fileURLToPath(new URL('results/coverage.json', import.meta.url));
await mkdir(fileURLToPath(new URL('results', import.meta.url)), { recursive: true });
await writeFile(
  target,
  `${JSON.stringify({ what, samples, rows, joint_what: jointWhat, joint_samples: jointSamples, joint }, null, 2)}\n`,
);

const percent = (share) => `${(100 * share).toFixed(1)} %`.padStart(8);
console.log(`${'distribution'.padEnd(14)}  n  level   Student t  prediction.ts  width ratio`);
for (const row of rows.filter(({ method }) => method === 'prediction.ts')) {
  const classical = rows.find(
    (other) =>
      other.method === 'Student t' &&
      other.distribution === row.distribution &&
      other.n === row.n &&
      other.level === row.level,
  );
  const place = `${row.distribution.padEnd(14)} ${String(row.n).padStart(2)}  ${String(row.level).padEnd(5)}`;
  console.log(
    `${place}    ${percent(classical.coverage)}       ${percent(row.coverage)}  ${row.width_ratio.toFixed(2).padStart(11)}`,
  );
}

console.log('\ndistribution    n   k  correlation  p <= 0.05  p <= 0.01');
for (const row of joint) {
  const place = `${row.distribution.padEnd(14)} ${String(row.n).padStart(2)}  ${String(row.k).padStart(2)}`;
  const shares = [row.rejected_at_5_percent, row.rejected_at_1_percent].map((share) =>
    percent(share).padStart(9),
  );
  console.log(`${place}  ${String(row.correlation).padStart(11)}  ${shares.join('  ')}`);
}
