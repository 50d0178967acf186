import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  clocks,
  type Outcome,
  preloading,
  runProgram,
  startNode,
  startProgram,
  until,
} from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-faults-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  startProgram(args, { cwd: directory, env });
const run = (...args: string[]): Promise<Outcome> => start(args).ended;
/** In this thread: for runs that others are compared with, or continue. */
const call = (...args: string[]) => callProgram(args, directory);

const filesIn = async (...path: string[]) => readdir(join(directory, ...path)).catch(() => [] as string[]);
const csv = (folder: string) => readFile(join(directory, folder, 'trials.csv'), 'utf8');
const linesIn = async (store: string): Promise<string[]> => {
  const names = (await filesIn(store)).filter(
    (name) => name.endsWith('.jsonl') && name.startsWith('journal-'),
  );
  const texts = await Promise.all(names.map((name) => readFile(join(directory, store, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').slice(0, -1));
};

/** The trials that each process has claimed. */
const held = async (store: string): Promise<string[][]> => {
  const names = (await filesIn(store, 'leases')).filter((name) => name.endsWith('.json'));
  const read = async (name: string) =>
    JSON.parse(await readFile(join(directory, store, 'leases', name), 'utf8').catch(() => '{}')).ids ?? [];
  return Promise.all(names.map(read));
};

const into = ['--out', 'results/ffnn'];
const tiny = ['ffnn', '--epochs', '2', '--samples', '40', '--batch-size', '5', '--no-figures', ...into];
const small = [...tiny, '--seed', '1..4'];
/** Longer than any test waits for. */
const long = ['ffnn', '--epochs', '3000000', '--samples', '150', '--seed', '1', '--jobs', '1'];
const claimed = async (store: string) => (await held(store)).some((ids) => ids.length > 0);

describe('a worker thread that', () => {
  const kinds: [string, RegExp][] = [
    ['throw', /FYS_NN_FAULT: thrown/],
    ['exit', /exited with code: 7/],
    ['memory', /memory limit/],
    ['hang', /longer than the limit of 1 s/],
  ];
  test.each(kinds)(
    'has the fault "%s" among many small trials fails its own trial only, and the next run tries again',
    async (kind, reason) => {
      const many = [...tiny, '--seed', '1..150', '--jobs', '2'];
      const environment = { FYS_NN_FAULT: `${kind}:101:9`, NODE_OPTIONS: '--max-old-space-size=64' };
      const limit = kind === 'hang' ? ['--timeout', '1'] : [];
      const failing = await start([...many, ...limit], environment).ended;
      expect(failing.status).toBe(1);
      expect(failing.stderr).toMatch(reason);
      expect(failing.stderr.match(/failed and will be retried/g)).toHaveLength(1);
      expect(failing.stderr).toContain('is unchanged: not all trials are done');
      expect(failing.stdout).toContain('INCOMPLETE: no result for 1 of 150 trials');
      expect(existsSync(join(directory, 'results/ffnn'))).toBe(false);
      expect(await linesIn('results/.trials')).toHaveLength(149);
      const [failure] = (await readFile(join(directory, 'results/.trials/failures.jsonl'), 'utf8')).split(
        '\n',
      );
      expect(JSON.parse(failure)).toMatchObject({ attempts: 2, reason: expect.stringMatching(reason) });
      const again = await call(...many);
      expect({ status: again.status, stderr: again.stderr }).toMatchObject({
        status: 0,
        stderr: expect.stringContaining('150 trials, 149 of them from the store'),
      });
    },
  );

  test('fails once is as if nothing had happened; --retries 0 tries once', async () => {
    await call(...small, '--out', 'good', '--store', 'good-store');
    const environment = { FYS_NN_FAULT: 'exit:2:1' };
    expect((await start(small, environment).ended).status).toBe(0);
    expect(await csv('results/ffnn')).toBe(await csv('good'));
    const once = await start([...small, '--retries', '0', '--store', 'x'], environment).ended;
    expect(once.status).toBe(1);
    expect(once.stderr).not.toContain('retried');
  });
});

describe('threads that cannot start', () => {
  test('are an error that says why, exit 1', async () => {
    const environment = preloading(
      "import { isMainThread } from 'node:worker_threads';\nif (!isMainThread) throw new Error('broken thread');\n",
    );
    const { status, stderr } = await start([...small, '--quiet'], environment).ended;
    expect(stderr).toMatch(/error: trial .* failed: no thread can be started: broken thread/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(status).toBe(1);
  });

  test('in the place of one that died: the same, and nothing waits for ever', async () => {
    const environment = preloading(
      `import { existsSync, writeFileSync } from 'node:fs';
      import { isMainThread } from 'node:worker_threads';
      if (!isMainThread) {
        if (existsSync('mark')) throw new Error('broken thread');
        writeFileSync('mark', '');
      }`,
    );
    const fault = { ...environment, FYS_NN_FAULT: 'exit:1:9' };
    const { status, stdout, stderr } = await start([...small, '--jobs', '1'], fault).ended;
    expect(stderr).toMatch(/error: trial .* failed: no thread can be started/);
    expect(stdout).toContain('INCOMPLETE: no result for 4 of 4');
    expect(status).toBe(1);
    expect(await filesIn('results/.trials/leases')).toEqual([]);
  });

  test('many of them bring no warning of the engine', async () => {
    const args = [...tiny, '--seed', '1..13', '--jobs', '12', '--quiet'];
    expect(await run(...args)).toMatchObject({ status: 0, stderr: '' });
  });
});

test('a reader of the output that goes away makes no failure good', async () => {
  for (const args of [small, ['store', 'check', '--store', 'damaged']]) {
    await mkdir(join(directory, 'damaged'), { recursive: true });
    await writeFile(join(directory, 'damaged/journal-1.jsonl'), '{"store":2,"id":"garbage\n');
    const { child, ended } = start(args, { FYS_NN_FAULT: 'throw:2:9' });
    child.stdout.destroy();
    expect((await ended).status).toBe(1);
  }
  const { child, ended } = start([...small, '--store', 'good']);
  child.stdout.destroy();
  expect((await ended).status).toBe(0);
});

test('--fail-fast starts no other trial after a failure; --max-failures after n', async () => {
  const args = [...tiny, '--jobs', '1', '--retries', '0'];
  const environment = { FYS_NN_FAULT: 'throw:1:9' };
  // All but the seed alike: the longest first leaves them in their order, seed 1 in front.
  const fast = await start([...args, '--seed', '1..6', '--fail-fast', '--store', 'a'], environment).ended;
  expect(fast.status).toBe(1);
  expect(fast.stdout).toContain('INCOMPLETE: no result for 6 of 6');
  const rates = ['--learning-rate', '0.1,0.2,0.3', '--max-failures', '2', '--store', 'b'];
  const two = await start([...args, '--seed', '1,2', ...rates], environment).ended;
  expect(two.status).toBe(1);
  expect(two.stderr.match(/^error: trial/gm)).toHaveLength(2);
});

describe('interrupted', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s: what is trained is kept, the rest is said, exit %i', async (signal, status) => {
    const { child, ended } = start(long, preloading(clocks.still));
    await until(() => existsSync(join(directory, 'begun')));
    child.kill(signal);
    const outcome = await ended;
    expect(outcome.status).toBe(status);
    const [state] = await filesIn('results/.trials/checkpoints');
    const [, epoch] = /-(\d+)\.state$/.exec(state)!;
    expect(outcome.stderr).toMatch(
      new RegExp(
        `the store results/.trials has 0 of 1 trial\nsaved at epoch ${epoch}: .+\nrun the same command to resume\n$`,
      ),
    );
    expect(await filesIn('results/.trials/leases')).toEqual([]);
    expect(await filesIn('results')).toEqual(['.trials']);
  });

  test('a second one does not wait', async () => {
    const { child, stderr, ended } = start(long, { FYS_NN_FAULT: 'hang:1:9' });
    // Said when the trial is started, which hangs from then on.
    await until(() => stderr().includes('trials 0/1'));
    child.kill('SIGINT');
    await until(() => stderr().includes('interrupted: saving the state'));
    expect(child.exitCode).toBeNull();
    child.kill('SIGINT');
    const outcome = await ended;
    expect(outcome.status).toBe(130);
    expect(outcome.stderr).not.toContain('run the same command to resume');
  });

  test.each<[string, number, ...string[]]>([
    ['ffnn', 2, '--samples', '150'],
    ['mnist', 1, '--samples', '600', '--test-size', '100'],
  ])(
    'by a kill: the training of %s resumes from its checkpoint, to the same bytes',
    async (name, kills, ...size) => {
      // Notes down each checkpoint that is written, and is killed after the third.
      const killing = preloading(`${clocks.hasty}
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { rename } = fs.promises;
      let checkpoints = 0;
      fs.promises.rename = async (from, to) => {
        await rename(from, to);
        if (!to.endsWith('.state')) return;
        fs.appendFileSync('written', to + '\\n');
        if (++checkpoints === 3) process.kill(process.pid, 'SIGKILL');
      };
      syncBuiltinESMExports();`);
      const args = [name, ...size, '--epochs', '10', '--momentum', '0.3', '--jobs', '1', '--no-figures'];
      const b = [...args, '--out', 'b', '--store', 'b-store'];
      for (let kill = 1; kill <= kills; kill++) {
        expect({ kill, signal: (await start(b, killing).ended).signal }).toEqual({ kill, signal: 'SIGKILL' });
      }
      const written = (await readFile(join(directory, 'written'), 'utf8'))
        .match(/\d+(?=\.state)/g)!
        .map(Number);
      expect(written).toHaveLength(3 * kills);
      expect(written).toEqual([...new Set(written)].sort((one, other) => one - other));
      expect((await run(...b)).status).toBe(0);
      expect((await call(...args, '--out', 'a', '--store', 'a-store')).status).toBe(0);
      expect(await csv('b')).toBe(await csv('a'));
      expect(await filesIn('b-store/checkpoints')).toEqual([]);
    },
  );
});

describe('several processes on one store', () => {
  test('compute each trial once, and each has all results', async () => {
    const args = [...tiny, '--seed', '1..40', '--jobs', '1'];
    const runs = [1, 2, 3].map((i) => start([...args, '--out', `out-${i}`, '--store', 'store']).ended);
    for (const { status } of await Promise.all(runs)) expect(status).toBe(0);
    expect(await linesIn('store')).toHaveLength(40);
    expect(await csv('out-2')).toBe(await csv('out-1'));
    expect(await csv('out-3')).toBe(await csv('out-1'));
  });

  test('share two long trainings: the first to come takes one', async () => {
    const args = ['ffnn', '--epochs', '3000000', '--samples', '150', '--seed', '1,2', '--jobs', '1'];
    const runs = [1, 2].map(() => start([...args, '--store', 'store']));
    await until(async () => (await held('store')).map((ids) => ids.length).join() === '1,1');
    for (const { child } of runs) child.kill('SIGKILL');
    await Promise.all(runs.map(({ ended }) => ended));
  });

  test('repair is refused until the results are written', async () => {
    const repairing = preloading(`import fs from 'node:fs';
      import { spawnSync } from 'node:child_process';
      import { syncBuiltinESMExports } from 'node:module';
      const { rename } = fs.promises;
      fs.promises.rename = async (from, to) => {
        if (to.endsWith('trials.csv')) {
          const env = { ...process.env, NODE_OPTIONS: '' };
          const { stderr } = spawnSync(process.execPath, [process.argv[1], 'store', 'repair'], { env });
          fs.writeFileSync('answer', stderr);
        }
        return rename(from, to);
      };
      syncBuiltinESMExports();`);
    await call(...small);
    const again = await start(small, repairing).ended;
    expect(again.status).toBe(0);
    expect(await readFile(join(directory, 'answer'), 'utf8')).toContain('other processes are using');
    expect((await call('store', 'repair')).status).toBe(0);
  });

  test('what a killed one had claimed is computed by the other', async () => {
    const first = start([...small, '--jobs', '1', '--store', 'store'], { FYS_NN_FAULT: 'hang:1:9' });
    await until(() => claimed('store'));
    const second = start([...small, '--jobs', '1', '--store', 'store']);
    await until(async () => (await linesIn('store')).length >= 1);
    first.child.kill('SIGKILL');
    expect((await second.ended).status).toBe(0);
    expect(await linesIn('store')).toHaveLength(4);
  });
});

describe('the disk', () => {
  test('a store that vanishes while trials run: a clear error, exit 1, and the next run computes them', async () => {
    const args = [...tiny, '--seed', '1..3000', '--jobs', '1', '--quiet'];
    const { ended } = start([...args, '--store', 'store']);
    await until(async () => (await linesIn('store')).length >= 1);
    await rm(join(directory, 'store'), { recursive: true, force: true, maxRetries: 5 });
    const { status, stderr } = await ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(/trial store store cannot be used/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('results that do not fit: a clear error, exit 1, the old file left whole', async () => {
    await call(...small, '--store', 'store', '--out', 'out', '--seed', '1');
    const before = await csv('out');
    await call(...small, '--store', 'store', '--out', 'other');
    const outcome = await runProgram([...small, '--store', 'store', '--out', 'out'], {
      cwd: directory,
      shell: 'ulimit -f 1',
    });
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toMatch(/could not be written: a file cannot be that large/);
    expect(await csv('out')).toBe(before);
  });
});

describe('fys-nn store', () => {
  test('check, repair, stats and gc', async () => {
    await call(...small);
    expect(await call('store', 'check')).toMatchObject({ status: 0, stderr: '' });
    const [journal] = (await filesIn('results/.trials')).filter((name) => name.startsWith('journal-'));
    await appendFile(join(directory, 'results/.trials', journal), 'garbage\n');
    const bad = await call('store', 'check', '--json');
    expect(bad.status).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ sound: false, records: 4 });
    for (const quiet of [[], ['--quiet']])
      expect((await call(...small, ...quiet)).stderr).toMatch(
        /note: the store .*is not a record\n.*store repair/,
      );
    expect((await call('store', 'repair')).stdout).toContain(
      '1 damaged line set aside, in results/.trials/damaged-',
    );
    expect((await call('store', 'stats')).stdout).toMatch(/records +4: 4 done, 0 diverged/);
    expect((await call('store', 'gc', '--dry-run')).stdout).toContain('4 records kept (dry run');
    expect((await call('store', 'gc')).status).toBe(0);
    expect((await call(...small)).stderr).toContain('4 trials, 4 of them from the store');
  });

  test('where there is none: exit 2, and nothing is made', async () => {
    for (const command of ['check', 'stats', 'repair', 'gc']) {
      const { status, stderr } = await call('store', command, '--store', 'nowhere');
      expect({ command, status }).toEqual({ command, status: 2 });
      expect(stderr).toContain('no trial store');
    }
    expect(await filesIn()).toEqual([]);
  });
});

test('a few strikes at random moments, and damaged journals: the short form of npm run torture', async () => {
  const args = [resolve('bench/torture.js'), '--smoke', '--only', 'SIGKILL, small|damaged'];
  const { stdout } = await startNode(args, { cwd: directory, timeout: 300_000 }).ended;
  expect(stdout).toMatch(/^damaged journals +\d/m);
  for (const line of stdout.split('\n').slice(1, -1)) expect(line).toMatch(/ (\d+) +\1 +\d+ {2}/);
}, 300_000);
