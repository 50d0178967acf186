// Writes what each example prints to expected/, from a store of its own: node examples/own-work/update.js
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const folder = import.meta.dirname;
const scratch = mkdtempSync(join(tmpdir(), 'fys-nn-own-work-'));
try {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const name = basename(file, '.yaml');
    const words = [
      'run',
      join(folder, file),
      '--quiet',
      '--out',
      join(scratch, name),
      '--store',
      join(scratch, 'store'),
    ];
    const text = execFileSync(process.execPath, [join(folder, '../../bin/fys-nn.js'), ...words], {
      cwd: scratch,
    });
    writeFileSync(join(folder, 'expected', `${name}.txt`), text);
    process.stdout.write(`${name}\n`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
