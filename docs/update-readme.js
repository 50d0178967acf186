// Puts results/published.md, which `fys-nn report` writes, between README's markers.
import { readFile, writeFile } from 'node:fs/promises';

const start = '<!-- numbers: written by `npm run readme` from results/published.md -->';
const end = '<!-- end of numbers -->';
const readme = await readFile('README.md', 'utf8');
const numbers = await readFile('results/published.md', 'utf8');
const manifest = JSON.parse(await readFile('results/mnist/manifest.json', 'utf8'));
if (manifest.quick || numbers.includes('QUICK RUN') || numbers.includes('not run')) {
  throw new Error('results/ does not hold one full run: run `npx fys-nn report` first');
}
const from = readme.indexOf(start) + start.length;
const to = readme.indexOf(end);
if (to < from) throw new Error('README.md has no markers for the numbers');
const seeds = manifest.settings.seed;
const line = `From \`npx fys-nn report\`, ${seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds.join(', ')}`}.`;
await writeFile('README.md', `${readme.slice(0, from)}\n\n${line}\n\n${numbers}\n${readme.slice(to)}`);
