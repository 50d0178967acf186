// Copies the results of full runs into the documents. README.md gets a summary of the verdicts,
// docs/verdicts.md and data/expected-verdicts.json get all verdicts, and docs/numbers.md gets all numbers.
//
//   node docs/update-readme.js [FOLDER]     FOLDER holds the output of `fys-nn report` and `fys-nn verify` (default: results)
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const results = process.argv[2] ?? 'results';
const verdicts = await fullVerification();
const numbers = await fullNumbers();

await putBetween(
  'README.md',
  'summary: written by `npm run readme` from results/verify/verify.md',
  section(verdicts, 'Verdicts'),
);
await putBetween(
  'docs/verdicts.md',
  'verdicts: written by `npm run readme` from results/verify/verify.md',
  verdicts,
);
await putBetween(
  'docs/numbers.md',
  'numbers: written by `npm run readme` from results/published.md',
  numbers,
);
await copyFile(join(results, 'verify/verdicts.json'), 'data/expected-verdicts.json');

/** Returns the verdicts of `fys-nn verify` as Markdown. Throws if they are not from a full run. */
async function fullVerification() {
  const { readings, seeds } = JSON.parse(await readFile(join(results, 'verify/verify.json'), 'utf8'));
  if (readings.length < 2 || seeds.franke.length < 20 || seeds.images.length < 5) {
    throw new Error(`${results}/verify does not hold a full verification: run \`npx fys-nn verify\` first`);
  }
  const text = await readFile(join(results, 'verify/verify.md'), 'utf8');
  // The documents are elsewhere: there the commands work without --from, which is the usual folder.
  return text
    .replace('The commands below work in the folder of this file.\n\n', '')
    .replaceAll(' --from .`', '`');
}

/** Returns the published numbers next to those of `fys-nn report`, as Markdown. Throws if they are not from a full run. */
async function fullNumbers() {
  const text = await readFile(join(results, 'published.md'), 'utf8');
  const { quick, settings } = JSON.parse(await readFile(join(results, 'mnist/manifest.json'), 'utf8'));
  if (quick || text.includes('QUICK RUN') || text.includes('not run')) {
    throw new Error(`${results} does not hold one full run: run \`npx fys-nn report\` first`);
  }
  const seeds = `${settings.seed.length === 1 ? 'seed' : 'seeds'} ${settings.seed.join(', ')}`;
  return `From \`npx fys-nn report\`, ${seeds}.\n\n${text}`;
}

/** Returns the text under one heading of a Markdown document. */
function section(markdown, title) {
  const [, text] = markdown.split(`### ${title}\n`);
  if (text === undefined) throw new Error(`no section "${title}" in the verdicts`);
  return text.split('\n### ')[0];
}

/** Replaces the text between a marker and the next `<!-- end -->`. */
async function putBetween(path, marker, text) {
  const file = await readFile(path, 'utf8');
  const start = `<!-- ${marker} -->`;
  const from = file.indexOf(start);
  const to = file.indexOf('<!-- end -->', from);
  if (from < 0 || to < 0)
    throw new Error(`${path} does not contain <!-- ${marker} --> followed by <!-- end -->`);
  await writeFile(path, `${file.slice(0, from + start.length)}\n\n${text.trim()}\n\n${file.slice(to)}`);
}
