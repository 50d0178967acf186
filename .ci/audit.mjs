#!/usr/bin/env node
// Known weaknesses of what users install: fails on any. A registry that offers no audit is named, and is no failure.
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--omit', 'dev', '--json'], { encoding: 'utf8' });
const report = JSON.parse(stdout || '{}');
if (report.metadata === undefined) {
  process.stdout.write(`npm audit was not possible: ${report.message ?? 'npm gave no report'}\n`);
} else {
  const { total } = report.metadata.vulnerabilities;
  for (const { name, severity, range } of Object.values(report.vulnerabilities)) {
    process.stdout.write(`${severity}: ${name} ${range}\n`);
  }
  process.stdout.write(`npm audit: ${total} known weaknesses\n`);
  process.exitCode = total === 0 ? 0 : 1;
}
