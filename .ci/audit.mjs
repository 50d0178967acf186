#!/usr/bin/env node
// Fails if npm knows of a vulnerability in a package that users install. If the registry offers no audit, this script
// prints a note and passes.
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--omit', 'dev', '--json'], { encoding: 'utf8' });
const report = JSON.parse(stdout || '{}');
if (report.metadata === undefined) {
  process.stdout.write(`npm audit did not run: ${report.message ?? 'npm gave no report'}\n`);
} else {
  const { total } = report.metadata.vulnerabilities;
  for (const { name, severity, range } of Object.values(report.vulnerabilities)) {
    process.stdout.write(`${severity}: ${name} ${range}\n`);
  }
  process.stdout.write(`npm audit: ${total} known vulnerabilities\n`);
  process.exitCode = total === 0 ? 0 : 1;
}
