// Tests the program on Windows and ARM under emulation on Linux: node bench/platforms.js [windows] [arm] [--only
// REGEXP] (npm run platforms-test builds first). A platform is skipped if its emulator is not installed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checksOf } from './platforms/checks.js';
import { platforms } from './platforms/platforms.js';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' } },
});
const root = new URL('..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'fys-nn-platforms-'));
let failed = false;
try {
  const packed = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder, root];
  const archive = join(folder, execFileSync('npm', packed, { encoding: 'utf8' }).trim());
  for (const platform of platforms) {
    if (wanted.length > 0 && !wanted.includes(platform.name)) continue;
    const missing = platform.missing();
    console.log(`${platform.title}${missing === null ? '' : ` is skipped: ${missing}`}`);
    if (missing !== null) continue;
    const place = join(folder, platform.name);
    for (const { what, check } of checksOf(platform.install(place, archive), place, platform)) {
      if (!new RegExp(options.only).test(what)) continue;
      const begun = performance.now();
      const problems = await check();
      const seconds = Math.round((performance.now() - begun) / 1000);
      console.log(`  ${problems.length === 0 ? 'ok    ' : 'FAILED'} ${what} (${seconds} s)`);
      for (const problem of problems) console.log(`         ${problem}`);
      failed ||= problems.length > 0;
    }
  }
} finally {
  // The emulator's last processes may not have closed their files yet.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
}
process.exitCode = failed ? 1 : 0;
