// Puts one example of each figure into docs/figures/, from the full run of the report in results/; runs it where it
// is absent. What the store has is not trained again.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const from = 'results';
const to = 'docs/figures';
const manifestOf = (folder) => readFile(join(from, folder, 'manifest.json'), 'utf8').then(JSON.parse);

const before = await manifestOf('logistic').catch(() => null);
if (before === null || before.quick) {
  execFileSync(process.execPath, ['bin/fys-nn.js', 'report'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
// Drawn anew, so that the examples are of this version.
execFileSync(process.execPath, ['bin/fys-nn.js', 'plot', from, '--quiet']);

await rm(to, { recursive: true, force: true });
await mkdir(to, { recursive: true });
const lines = [];
const folders = (await readdir(from, { withFileTypes: true })).filter((entry) => entry.isDirectory());
for (const folder of folders.sort((a, b) => (a.name < b.name ? -1 : 1))) {
  const files = (await readdir(join(from, folder.name))).sort();
  for (const file of files.filter((name) => name.endsWith('.svg'))) {
    const name = `${folder.name}-${file}`;
    await copyFile(join(from, folder.name, file), join(to, name));
    const spec = JSON.parse(
      await readFile(join(from, folder.name, file.replace('.svg', '.vl.json')), 'utf8'),
    );
    lines.push(`## ${folder.name}: ${file.replace('.svg', '')}\n\n![${spec.description}](${name})\n`);
  }
}
const { settings } = await manifestOf('logistic');
await writeFile(
  join(to, 'README.md'),
  `# The figures\n\nWritten by \`npm run figures\` from \`npx fys-nn report\`, seed ${settings.seed.join(', ')}.\n\n${lines.join('\n')}`,
);
process.stdout.write(`wrote ${lines.length} figures to ${to}/\n`);
