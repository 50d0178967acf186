import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeImages } from '../datasets/image-files.testing.ts';
import { runProgram } from '../program.testing.ts';

test('the end of a report counts its folders, and names no numbers where none of the report’s are compared', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'fys-nn-report-'));
  await writeImages(join(directory, 'images'));
  const args = ['report', '--quick', '--no-figures', '--data-dir', 'images', '--progress', 'none'];
  const { status, stdout, stderr } = await runProgram([...args, '--out', 'out'], { cwd: directory });
  expect([status, stderr]).toEqual([0, expect.stringContaining('wrote out/')]);
  const entries = await readdir(join(directory, 'out'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  expect(stderr).toContain(`wrote out/: ${folders.length} folders`);
  expect(stdout).toContain('no published number is next to ours');
  expect(stdout).toContain('page: ');
  expect(stdout).not.toContain('published.md');
  await rm(directory, { recursive: true });
});
