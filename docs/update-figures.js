// Copies every figure of `fys-nn report` into docs/figures/. Trials that the store already holds are not run again.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const target = 'docs/figures';
const source = await mkdtemp(join(tmpdir(), 'fys-nn-figures-'));
try {
  execFileSync(process.execPath, ['bin/fys-nn.js', 'report', '--out', source], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const { settings } = JSON.parse(await readFile(join(source, 'ffnn/manifest.json'), 'utf8'));
  const lines = [
    '# The figures',
    `Written by \`npm run figures\` from \`npx fys-nn report\`, seed ${settings.seed.join(', ')}.`,
  ];
  const specs = (await readdir(source, { recursive: true }))
    .filter((name) => name.endsWith('.vl.json'))
    .sort();
  for (const path of specs.map((name) => name.replace('.vl.json', ''))) {
    const name = `${path.replace(/[\\/]/g, '-')}.svg`;
    await copyFile(join(source, `${path}.svg`), join(target, name));
    const { description } = JSON.parse(await readFile(join(source, `${path}.vl.json`), 'utf8'));
    lines.push(`## ${path.replace(/[\\/]/g, ': ')}`, `![${description}](${name})`);
  }
  await writeFile(join(target, 'README.md'), `${lines.join('\n\n')}\n`);
  process.stdout.write(`wrote ${specs.length} figures to ${target}/\n`);
} finally {
  await rm(source, { recursive: true, force: true });
}
