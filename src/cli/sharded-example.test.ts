import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { filesBelow } from './shard.testing.ts';

interface Job {
  readonly needs?: string;
  readonly strategy?: { readonly matrix: { readonly shard: readonly number[] } };
  readonly steps: readonly {
    readonly run?: string;
    readonly uses?: string;
    readonly with?: Readonly<Record<string, string>>;
  }[];
}

/** As cheap as a grid of several learning rates and seeds can be. */
const command = 'grid-search ridge --epochs 1 --learning-rate 0.1,0.01 --seed 1,2 --no-figures';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-sharded-'));
  const program = `#!/bin/sh\nshift\nexec '${process.execPath}' '${resolve('bin/fys-nn.js')}' "$@"\n`;
  await mkdir(join(directory, 'bin'));
  await writeFile(join(directory, 'bin/npx'), program, { mode: 0o755 });
  await mkdir(join(directory, 'artifacts'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Runs a line in a new folder or one that is there, as a step of a workflow does. */
async function runLine(line: string, folder: string): Promise<string> {
  const cwd = join(directory, folder);
  await mkdir(cwd, { recursive: true });
  const PATH = [join(directory, 'bin'), process.env.PATH].join(delimiter);
  const env = { ...process.env, PATH, command };
  const { stderr } = await promisify(execFile)('bash', ['-e', '-c', line], { cwd, env });
  return stderr;
}

/** Runs a job on a machine of its own: a folder. What is uploaded and downloaded are folders in `artifacts`. */
async function runJob({ steps }: Job, machine: string, values: Readonly<Record<string, unknown>>) {
  const filled = (text: string) =>
    text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => {
      if (!(name in values)) throw new Error(`no value for ${name}`);
      return String(values[name]);
    });
  const artifacts = join(directory, 'artifacts');
  let said = '';
  for (const { run, uses, with: given } of steps) {
    if (uses?.startsWith('actions/upload-artifact')) {
      const from = join(directory, machine, filled(given!.path));
      // Empty folders are not uploaded.
      expect((await filesBelow(from)).size).toBeGreaterThan(0);
      await cp(from, join(artifacts, filled(given!.name)), { recursive: true, errorOnExist: true });
    } else if (uses?.startsWith('actions/download-artifact')) {
      const pattern = new RegExp(`^${given!.pattern.replaceAll('*', '.*')}$`);
      for (const name of await readdir(artifacts)) {
        if (!pattern.test(name)) continue;
        await cp(join(artifacts, name), join(directory, machine, given!.path, name), { recursive: true });
      }
    } else if (run !== undefined && run !== 'npm ci') said += await runLine(filled(run), machine);
  }
  return said;
}

test('the shards of the workflow and its merge write the bytes of an undivided run', async () => {
  const { env, jobs } = parse(await readFile('examples/sharded.yml', 'utf8')) as {
    env: { command: string };
    jobs: { shard: Job; results: Job };
  };
  expect(jobs.results.needs).toBe('shard');
  const { shard: shards } = jobs.shard.strategy!.matrix;
  expect(shards).toHaveLength(8);
  for (const shard of shards) {
    const values = { 'matrix.shard': shard, 'strategy.job-total': shards.length };
    const said = await runJob(jobs.shard, `machine-${shard}`, values);
    expect(said).toContain(`shard ${shard}/8 is complete`);
    expect(await readdir(join(directory, `machine-${shard}`))).toEqual(['shard-store']);
  }
  const said = await runJob(jobs.results, 'machine', {});
  expect(said).toMatch(/(\d+) trials, \1 of them from the store/);
  await runLine('npx fys-nn $command --out new-results --store whole-store', 'whole');
  const expected = await filesBelow(join(directory, 'whole/new-results'));
  expect(expected.size).toBeGreaterThanOrEqual(3);
  expect(await filesBelow(join(directory, 'artifacts/results'))).toEqual(expected);
  // The command of the example itself is only planned: it takes minutes.
  const planned = await runLine(`npx fys-nn ${env.command} --plan --shard 8/8 > plan.txt`, 'plan');
  expect(planned).not.toContain('error');
  expect(await readFile(join(directory, 'plan/plan.txt'), 'utf8')).toMatch(/^shard 8\/8: \d+ of \d+ trials/m);
}, 120_000);
