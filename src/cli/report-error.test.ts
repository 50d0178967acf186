import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runProgram } from '../program.testing.ts';

test('what was received is shown even if it cannot be made a text', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'fys-nn-error-'));
  await writeFile(join(cwd, 'x.json'), '{"extends": "ffnn", "settings": {"epochs": {"toString": [[], 1]}}}');
  const { status, stdout, stderr } = await runProgram(['run', 'x.json', '--plan', '--json'], { cwd });
  await rm(cwd, { recursive: true });
  expect(stderr).toContain('received: {"toString":[[],1]}');
  expect(JSON.parse(stdout).error.received).toBe('{"toString":[[],1]}');
  expect(status).toBe(2);
});
