import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allExperiments } from '../../experiments/index.ts';
import { clocks, preloading, runProgram, startProgram, until } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';
import { eventNames } from './terminal.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-machines-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('the document describes every event', async () => {
  const rows = (await readFile('docs/machines.md', 'utf8')).match(/^\| `\w+`.*? \|/gm)!.join();
  for (const name of eventNames) expect(rows).toContain(`\`${name}\``);
});

const call = (...args: string[]) => callProgram(args, directory);
const run = (...args: string[]) => runProgram(args, { cwd: directory });
const tiny = ['ffnn', '--samples', '20', '--hidden', '2', '--bootstrap', '2', '--jobs', '1', '--no-figures'];

const eventsOf = (stderr: string) =>
  stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('with --json, stdout is one JSON document', () => {
  test.each([
    [
      ['ffnn', '--epochs', 'x', '--json'],
      '--epochs is not a whole number',
      'x',
      'write digits only, without a decimal part',
    ],
    [['ffnn', '--json', '--epoch', '5'], 'ffnn has no such option', '--epoch', 'did you mean --epochs?'],
    [['ffn', '--json'], 'there is no such command', 'ffn', 'did you mean ffnn?'],
    [['list', '--json', 'x'], 'list takes options only', 'x', expect.any(String)],
    [
      ['trace', '/dev/null', '--json'],
      expect.stringContaining('/dev/null cannot be read'),
      null,
      expect.any(String),
    ],
    [['grid-search', '--json'], 'grid-search has no such option', '--json', expect.any(String)],
    [
      ['store', 'check', '--store', 'nowhere', '--json'],
      'there is no trial store here',
      'nowhere',
      expect.any(String),
    ],
  ])('for %j: an error, which stderr has in sentences', async (args, what, received, remedy) => {
    const { status, stdout, stderr } = await call(...args);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'usage', exit_status: 2, what, expected: expect.any(String), received, remedy },
    });
    expect(stderr).toMatch(/^error: /);
  });

  test('what was received keeps its characters, without control of a terminal', async () => {
    const evil = '\u001b[2J\u009b31m\u202e';
    const { stdout } = await call('ffnn', '--epochs', evil, '--json');
    for (const character of evil.replace(/[\w[]/g, '')) expect(stdout).not.toContain(character);
    expect(JSON.parse(stdout).error.received).toBe(evil);
  });

  test('without --json, or with it after --, there is none', async () => {
    expect(await call('ffnn', '--epochs', 'x')).toMatchObject({ status: 2, stdout: '' });
    expect(await call('ffnn', '--epochs', 'x', '--', '--json')).toMatchObject({ status: 2, stdout: '' });
  });

  test('a result is followed by no second document', async () => {
    const { status, stdout } = await call('list', '--json');
    expect(status).toBe(0);
    // One row for each experiment, and one for the activation functions.
    expect(JSON.parse(stdout)).toHaveLength(allExperiments.length + 1);
  });
});

test('plans name settings as options in camelCase, results as columns of the CSVs', async () => {
  const { stdout } = await call('ffnn', '--plan', '--json');
  expect(JSON.parse(stdout).trials[0].settings).toHaveProperty('learningRate');
  const { summary } = JSON.parse((await call(...tiny, '--json')).stdout);
  expect(summary[0]).toHaveProperty('learning_rate');
});

describe('with --progress ndjson, stderr is one JSON object per line', () => {
  test('a run: plan, started, epochs, done, written, finished', async () => {
    const { status, stdout, stderr } = await run(
      ...tiny,
      ...['--seed', '1..2', '--epochs', '3', '--progress', 'ndjson', '--json', '--out', 'events'],
    );
    expect(status).toBe(0);
    const events = eventsOf(stderr);
    for (const { event, time } of events) {
      expect(typeof event).toBe('string');
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    }
    expect(events[0]).toMatchObject({
      event: 'plan',
      trials: 2,
      from_store: 0,
      to_run: 2,
      expected_seconds: expect.any(Number),
    });
    const names = events.map(({ event }) => event);
    expect(names.filter((name) => name === 'started')).toHaveLength(2);
    const done = events.filter(({ event }) => event === 'done');
    expect(done.map(({ label, found }) => [label, found])).toEqual([
      ['ffnn  seed 1', false],
      ['ffnn  seed 2', false],
    ]);
    for (const { id } of done) expect(names.slice(0, 2).concat(String(id))).toHaveLength(3);
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'written', path: 'events', experiment: 'ffnn' }),
    );
    expect(events.at(-1)).toMatchObject({ event: 'finished', exit_status: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ experiment: 'ffnn', out: 'events' });
  });

  test('again: everything is in the store; notes are messages', async () => {
    const { stderr } = await run(
      ...tiny,
      ...['--seed', '1..2', '--epochs', '3', '--progress=ndjson', '--penalize', 'kernels', '--out', 'events'],
    );
    const events = eventsOf(stderr);
    expect(events).toContainEqual(
      expect.objectContaining({
        event: 'message',
        text: 'note: --penalize has no effect, because --lambda and --l1 are 0',
      }),
    );
    expect(events.at(-1)).toMatchObject({ event: 'finished', exit_status: 0 });
  });

  test('an error is an event, also in the arguments', async () => {
    const { status, stderr } = await call('ffnn', '--epochs', 'x', '--progress', 'ndjson');
    expect(status).toBe(2);
    expect(eventsOf(stderr)).toEqual([
      expect.objectContaining({ event: 'error', code: 'usage', exit_status: 2, received: 'x' }),
      expect.objectContaining({ event: 'finished', exit_status: 2 }),
    ]);
  });

  test('an interruption is one, and with --json an error on stdout', async () => {
    const { child, ended } = startProgram(
      [...tiny, '--epochs', '1000000', '--progress', 'ndjson', '--json', '--store', 'stopped'],
      { cwd: directory, env: preloading(clocks.still) },
    );
    const { existsSync } = await import('node:fs');
    await until(() => existsSync(join(directory, 'begun')));
    child.kill('SIGINT');
    const { status, stdout, stderr } = await ended;
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'interrupted', exit_status: 130 } });
    const events = eventsOf(stderr);
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'message', text: expect.stringContaining('interrupted: saving') }),
    );
    expect(events.at(-2)).toMatchObject({ event: 'error', code: 'interrupted', exit_status: 130 });
    expect(events.at(-1)).toMatchObject({ event: 'finished', exit_status: 130 });
  });

  test('another name is refused', async () => {
    const { status, stderr } = await call(...tiny, '--progress', 'json');
    expect(status).toBe(2);
    expect(stderr).toContain('did you mean ndjson?');
  });
});

test('--progress none shows no progress, but notes; --quiet neither', async () => {
  const other = [...tiny, '--epochs', '2', '--penalize', 'kernels', '--out', 'other'];
  const none = await run(...other, '--progress', 'none');
  expect(none.stderr).toContain('note: --penalize');
  expect(none.stderr).not.toContain('trials 0/1');
  expect((await run(...other, '--quiet', '--force')).stderr).toBe('');
});
