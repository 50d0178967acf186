// Puts one example of each figure of `fys-nn report` into docs/figures/. Trials in the store are not run again.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const to = 'docs/figures';
const from = await mkdtemp(join(tmpdir(), 'fys-nn-figures-'));
try {
  execFileSync(process.execPath, ['bin/fys-nn.js', 'report', '--out', from], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  const { settings } = JSON.parse(await readFile(join(from, 'ffnn/manifest.json'), 'utf8'));
  const lines = [
    '# The figures',
    `Written by \`npm run figures\` from \`npx fys-nn report\`, seed ${settings.seed.join(', ')}.`,
  ];
  const specs = (await readdir(from, { recursive: true })).filter((name) => name.endsWith('.vl.json')).sort();
  for (const path of specs.map((name) => name.replace('.vl.json', ''))) {
    const name = `${path.replace(/[\\/]/g, '-')}.svg`;
    await copyFile(join(from, `${path}.svg`), join(to, name));
    const { description } = JSON.parse(await readFile(join(from, `${path}.vl.json`), 'utf8'));
    lines.push(`## ${path.replace(/[\\/]/g, ': ')}`, `![${description}](${name})`);
  }
  await writeFile(join(to, 'README.md'), `${lines.join('\n\n')}\n`);
  process.stdout.write(`wrote ${specs.length} figures to ${to}/\n`);
} finally {
  await rm(from, { recursive: true, force: true });
}
