// Copies measurements into docs/judging.md, and keeps them in bench/results/.
//
//   node docs/update-judging.js FOLDER...     each FOLDER is what `fys-nn verify --calibrate --out FOLDER` wrote, for one
//                                             reading or both; without any, those in bench/results/ are used
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const folders = process.argv.slice(2);
if (folders.length > 0) {
  const read = (name) => Promise.all(folders.map((folder) => readFile(join(folder, name), 'utf8')));
  const tables = await read('calibration.csv');
  const [header] = tables[0].split('\n');
  const rows = tables.flatMap((table) => table.trim().split('\n').slice(1));
  await writeFile('bench/results/calibration.csv', `${[header, ...rows].join('\n')}\n`);
  await writeFile('bench/results/calibration.md', (await read('calibration.md')).join('\n'));
}
await putBetween('calibration', await readFile('bench/results/calibration.md', 'utf8'));
await putBetween('settings', await readFile('bench/results/planted-settings.md', 'utf8'));

/** Replaces the text between a marker and the next `<!-- end -->`. */
async function putBetween(name, text) {
  const path = 'docs/judging.md';
  const file = await readFile(path, 'utf8');
  const start = `<!-- ${name}: written by \`node docs/update-judging.js\` -->`;
  const from = file.indexOf(start);
  const to = file.indexOf('<!-- end -->', from);
  if (from < 0 || to < 0) throw new Error(`${path} does not contain ${start} followed by <!-- end -->`);
  await writeFile(path, `${file.slice(0, from + start.length)}\n\n${text.trim()}\n\n${file.slice(to)}`);
}
