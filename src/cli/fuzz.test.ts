import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startNode } from '../program.testing.ts';

// The short form of `npm run fuzz`: the same cases every time. It runs the build.
test('hostile input of every kind ends with a sentence and an exit status that --help names', async () => {
  const findings = await mkdtemp(join(tmpdir(), 'fys-nn-findings-'));
  const args = ['fuzz/run.js', '--cases', '27', '--seed', '2', '--findings', findings];
  const { status, stdout } = await startNode(args, { cwd: '.', timeout: 180_000 }).ended;
  const kept = /: (\S+)$/m.exec(stdout);
  const first = kept === null ? '' : await readFile(join(kept[1], 'case.json'), 'utf8').catch(() => '');
  await rm(findings, { recursive: true });
  expect(stdout + first).toMatch(/27 cases, 0 findings/);
  expect(status).toBe(0);
}, 180_000);
