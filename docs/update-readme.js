// Puts what full runs in results/ found where readers and tests look: the verdicts of `fys-nn verify` into README and
// data/expected-verdicts.json, the numbers of `fys-nn report` into docs/numbers.md.
import { copyFile, readFile, writeFile } from 'node:fs/promises';

const verdicts = await readFile('results/verify/verify.md', 'utf8');
const { readings, seeds } = JSON.parse(await readFile('results/verify/verify.json', 'utf8'));
if (readings.length < 2 || seeds.franke.length < 20 || seeds.mnist.length < 5) {
  throw new Error('results/verify/ does not hold a full verification: run `npx fys-nn verify` first');
}
await putBetween(
  'README.md',
  'verdicts: written by `npm run readme` from results/verify/verify.md',
  verdicts,
);
await copyFile('results/verify/verdicts.json', 'data/expected-verdicts.json');

const numbers = await readFile('results/published.md', 'utf8');
const manifest = JSON.parse(await readFile('results/mnist/manifest.json', 'utf8'));
if (manifest.quick || numbers.includes('QUICK RUN') || numbers.includes('not run')) {
  throw new Error('results/ does not hold one full run: run `npx fys-nn report` first');
}
const list = manifest.settings.seed;
const line = `From \`npx fys-nn report\`, ${list.length === 1 ? `seed ${list[0]}` : `seeds ${list.join(', ')}`}.`;
await putBetween(
  'docs/numbers.md',
  'numbers: written by `npm run readme` from results/published.md',
  `${line}\n\n${numbers}`,
);

/** Replaces what stands between the marker and the next end of a generated part. */
async function putBetween(path, marker, text) {
  const file = await readFile(path, 'utf8');
  const start = `<!-- ${marker} -->`;
  const from = file.indexOf(start);
  const to = file.indexOf('<!-- end -->', from);
  if (from < 0 || to < 0) throw new Error(`${path} has no markers for ${marker}`);
  await writeFile(path, `${file.slice(0, from + start.length)}\n\n${text.trim()}\n\n${file.slice(to)}`);
}
