import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { preloading, runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;

const call = (...args: string[]) => callProgram(args, directory);
const small = ['--samples', '60', '--jobs', '1', '--quiet', '--store', 'store'];
const files = async (folder: string) => (await readdir(join(directory, folder))).sort();
const at = (...names: string[]) => join(directory, ...names);
const text = (...names: string[]) => readFile(at(...names), 'utf8');

const first = ['ffnn', ...small, '--epochs', '2', '--seed', '1'];
const second = ['ffnn', ...small, '--epochs', '3', '--seed', '2', '--no-figures'];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-folders-'));
  await call(...first, '--format', 'csv,json', '--out', 'first');
  await call(...second, '--out', 'second');
});
beforeEach(async () => {
  for (const name of ['out', 'results']) await rm(at(name), { recursive: true, force: true });
  await cp(at('first'), at('out'), { recursive: true });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('a folder holds one run', () => {
  test('the manifest lists its files, and what another run had is removed', async () => {
    const manifest = JSON.parse(await text('first', 'manifest.json'));
    expect(Object.keys(manifest.files).sort()).toEqual(
      (await files('first')).filter((name) => name !== 'manifest.json'),
    );
    await call(...second, '--out', 'out');
    expect(await files('out')).toEqual(await files('second'));
    expect((await call('check', 'out', '--baseline', 'second')).status).toBe(0);
  });

  test('with other formats nothing of the earlier run can be compared or drawn', async () => {
    await call(...second, '--format', 'markdown', '--out', 'out');
    expect(await files('out')).toEqual(['manifest.json', 'table.md']);
    const { status, stderr } = await call('check', 'out', '--baseline', 'first');
    expect([status, stderr]).toEqual([2, expect.stringContaining('wrote no CSV files')]);
    expect((await call('plot', 'out')).status).toBe(2);
  });

  test('users’ files and files that they changed stay, and a note names the latter', async () => {
    await writeFile(at('out/notes.md'), 'mine');
    await writeFile(at('out/curves.json'), '[]');
    await rm(at('out/curves.svg'));
    await symlink(at('first/curves.svg'), at('out/curves.svg'));
    const { stderr } = await call(...second, '--out', 'out');
    expect(stderr).toMatch(/note: out\/ keeps (curves\.json, curves\.svg|curves\.svg, curves\.json) /);
    expect(await text('out/curves.json')).toBe('[]');
    expect((await files('out')).filter((name) => !/csv$|^(manifest|datapackage)/.test(name))).toEqual([
      'curves.json',
      'curves.svg',
      'notes.md',
    ]);
    expect(await text('first/curves.svg')).toContain('<svg');
  });

  test('the known names of a version that listed none are removed, unless the data package says they were changed', async () => {
    const { files: _listed, ...manifest } = JSON.parse(await text('out/manifest.json'));
    await writeFile(at('out/manifest.json'), JSON.stringify(manifest));
    await writeFile(at('out/mine.svg'), '');
    await writeFile(at('out/published-test.svg'), 'of 0.1.0');
    await call(...second, '--format', 'json', '--out', 'out');
    expect(await files('out')).toEqual([
      'curves.json',
      'manifest.json',
      'mine.svg',
      'summary.json',
      'trials.json',
    ]);
  });

  test('a list in a manifest leads to no file elsewhere', async () => {
    const manifest = JSON.parse(await text('out/manifest.json'));
    await writeFile(at('victim.csv'), await readFile(at('out/trials.csv')));
    manifest.files['../victim.csv'] = manifest.files['trials.csv'];
    await writeFile(at('out/manifest.json'), JSON.stringify(manifest));
    await call(...second, '--out', 'out');
    expect((await text('victim.csv')).length).toBeGreaterThan(0);
  });

  test('activation-functions too', async () => {
    await call('activation-functions', '--quiet', '--out', 'out');
    expect(await files('out')).toEqual([
      ...['datapackage.json', 'functions.csv', 'functions.png', 'functions.svg', 'functions.vl.json'],
      'manifest.json',
    ]);
  });
});

describe('a run that is killed while it writes', () => {
  /** Ends the process before call n that renames or removes a file in out/. */
  const killing = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    let left = Number(process.env.FYS_NN_KILL_AT);
    for (const name of ['rename', 'rm', 'unlink']) {
      const real = fs.promises[name];
      fs.promises[name] = async (...args) => {
        // The last path is that of the file that changes; a temporary file is none of the run's.
        const path = args.findLast((one) => typeof one === 'string');
        if (/out[\\\\/][^\\\\/]*$/.test(path) && !path.endsWith('.tmp') && --left === 0)
          process.kill(process.pid, 'SIGKILL');
        return real(...args);
      };
    }
    syncBuiltinESMExports();
  `;

  test.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    'before its change %d: one whole run or refused, and the next run leaves nothing of the earlier',
    async (at) => {
      const env = { ...preloading(killing), FYS_NN_KILL_AT: String(at) };
      const { signal } = await runProgram([...second, '--out', 'out'], { cwd: directory, env });
      expect(signal).toBe('SIGKILL');
      const statuses = [];
      for (const baseline of ['first', 'second'])
        statuses.push((await call('check', 'out', '--baseline', baseline)).status);
      // Whole: equal to one of them, and told from the other. Otherwise refused, compared with either.
      expect([
        [0, 4],
        [0, 3],
        [3, 0],
        [4, 0],
        [2, 2],
      ]).toContainEqual(statuses);
      if (statuses[0] === 2) expect((await call('plot', 'out')).status).toBe(2);
      await call(...second, '--out', 'out');
      expect((await files('out')).filter((name) => !name.endsWith('.tmp'))).toEqual(await files('second'));
      expect((await call('check', 'out', '--baseline', 'second')).status).toBe(0);
    },
  );
});

describe('tables of another run are refused', () => {
  test.each(['trials.csv', 'curves.csv'])('%s, by check and by plot', async (name) => {
    await cp(at('second', name), at('out', name));
    const { status, stderr } = await call('check', 'out', '--baseline', 'first');
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/does not belong to the run of its folder(.|\n)*run the experiment again/),
    ]);
    expect((await call('check', 'first', '--baseline', 'out')).status).toBe(2);
    expect(await call('plot', 'out')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('of another run'),
    });
  });

  test('without a manifest the data package has the checksums, whatever ends the lines', async () => {
    await rm(at('out/manifest.json'));
    expect((await call('check', 'out', '--baseline', 'first')).status).toBe(0);
    await writeFile(
      at('out/trials.csv'),
      `\ufeff${(await text('first/trials.csv')).replaceAll('\n', '\r\n')}`,
    );
    expect((await call('check', 'out', '--baseline', 'first')).status).toBe(0);
    await cp(at('second/trials.csv'), at('out/trials.csv'));
    const { status, stderr } = await call('check', 'out', '--baseline', 'first');
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('another checksum than datapackage.json gives'),
    ]);
  });

  test('figures of one run do not go to the folder of another', async () => {
    const { status, stderr } = await call('plot', 'first', '--out', 'second');
    expect([status, stderr]).toEqual([2, expect.stringContaining('--out is the folder of another run')]);
  });

  test('two experiments are not compared, and a file that is missing is named', async () => {
    await call('activation-functions', '--quiet', '--out', 'functions');
    await call('grid-search', 'ridge', ...small, '--epochs', '1', '--no-figures', '--out', 'ridge');
    const other = await call('check', 'ridge', '--baseline', 'first');
    expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('different experiments')]);
    await rm(at('out/curves.csv'));
    const less = await call('check', 'out', '--baseline', 'first');
    expect([less.status, less.stdout]).toEqual([
      4,
      expect.stringMatching(/curves\.csv: .* not run(.|\n)*file missing/),
    ]);
  });
});

describe('where a run goes', () => {
  test('array tasks with other seeds do not overwrite one another, and --json names the folder', async () => {
    for (const seed of ['1', '2']) {
      const { stdout } = await call(
        'ffnn',
        ...small,
        '--epochs',
        '1',
        '--seed',
        seed,
        '--no-figures',
        '--json',
      );
      expect(JSON.parse(stdout).out).toBe(`results/ffnn-seed-${seed}-samples-60-epochs-1`);
    }
    expect(await files('results')).toHaveLength(2);
  });

  test('files that no run wrote are not replaced, and nothing is computed', async () => {
    for (const [folder, name] of [
      ['theirs', 'trials.csv'],
      ['extension', 'manifest.json'],
      ['package', 'datapackage.json'],
    ]) {
      await mkdir(at(folder));
      await writeFile(at(folder, name), '{"name":"theirs"}');
      const { status, stderr } = await call('ffnn', ...small, '--epochs', '1', '--out', folder);
      expect([status, stderr]).toEqual([
        2,
        expect.stringContaining(`a file ${name} that no run of fys-nn wrote`),
      ]);
      expect(await files(folder)).toEqual([name]);
    }
  });

  test.each([
    ['table.tex', 'no run of fys-nn wrote'],
    ['trials.json', 'no run of fys-nn wrote'],
    ['curves.svg', 'no run of fys-nn wrote'],
    ['summary.csv', 'was changed after a run wrote it'],
    ['manifest.json', 'cannot be read (not JSON)'],
  ])(
    'a user’s %s in the folder of an earlier run is not replaced, and nothing is computed',
    async (name, why) => {
      await call(...second, '--out', 'out/run');
      if (name === 'manifest.json') await rm(at('out/run/datapackage.json'));
      await appendFile(at('out/run', name), 'mine');
      const before = await text('out/run', name);
      const again = ['ffnn', ...small, '--epochs', '4', '--format', 'csv,json,latex', '--store', 'unused'];
      const { status, stderr } = await call(...again, '--out', 'out/run');
      expect([status, stderr]).toEqual([2, expect.stringContaining(why)]);
      expect(stderr).toMatch(/--out/);
      expect([await text('out/run', name), await files('.')]).toEqual([
        before,
        expect.not.arrayContaining(['unused']),
      ]);
      if (name !== 'manifest.json')
        expect((await call(...second, '--out', 'out/run')).status).toBe(name === 'summary.csv' ? 2 : 0);
    },
  );

  test('plot replaces the figures of a run and its own, but none that the user changed', async () => {
    for (const title of ['--title', '--no-title', '--no-title']) {
      const args = title === '--title' ? [] : [title];
      expect((await call('plot', 'out', ...args, '--quiet')).status).toBe(0);
    }
    await call(...first, '--out', 'out');
    await appendFile(at('out/curves.svg'), '<!-- mine -->');
    const { status, stderr } = await call('plot', 'out');
    expect([status, stderr]).toEqual([2, expect.stringContaining('curves.svg was changed')]);
    expect(await text('out/curves.svg')).toContain('mine');
    expect((await call('check', 'out', '--baseline', 'first')).status).toBe(0);
  });

  test('a damaged manifest is named by check and plot, and replaced if the data package is of a run', async () => {
    await writeFile(at('out/manifest.json'), '{');
    for (const args of [
      ['check', 'out', '--baseline', 'first'],
      ['check', 'first', '--baseline', 'out'],
      ['plot', 'out'],
    ]) {
      const { status, stderr } = await call(...args);
      expect([args, status, stderr]).toEqual([
        args,
        2,
        expect.stringContaining('manifest.json cannot be read (not JSON)'),
      ]);
    }
    await call(...second, '--out', 'out');
    expect(await files('out')).toEqual(await files('second'));
  });

  test.each(['store', 'store/inside', './store/../store/a/b'])(
    '--out %s, in the store, is refused',
    async (out) => {
      const before = await files('store');
      const { status, stderr } = await call('ffnn', ...small, '--epochs', '1', '--out', out);
      expect([status, stderr]).toEqual([2, expect.stringContaining('--out is in the store')]);
      expect(await files('store')).toEqual(before);
      expect((await call('activation-functions', '--out', 'results/.trials/x')).status).toBe(2);
    },
  );

  test.each(['/', ''])('--out %j is refused', async (out) => {
    expect((await call('ffnn', ...small, '--epochs', '1', '--out', out)).status).toBe(2);
  });

  test('check --output replaces an earlier report, and nobody’s file', async () => {
    await writeFile(at('notes.md'), 'mine');
    const { status } = await call('check', 'out', '--baseline', 'first', '--output', 'notes.md');
    expect([status, await text('notes.md')]).toEqual([2, 'mine']);
    for (const name of ['check.md', 'check.xml', 'check.json', 'check.csv']) {
      for (const _ of [1, 2]) {
        expect((await call('check', 'out', '--baseline', 'first', '--output', name)).status).toBe(0);
      }
    }
  });
});
