import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileText } from '../../hostile.testing.ts';
import {
  parseAccounting,
  parseIndices,
  parseJobs,
  parseMaxArraySize,
  parseQueue,
  parseSubmitted,
} from './parse.ts';

// The lines are those that Slurm 22.05 printed.

/** "0-4,7,9-10": a list of indices in Slurm's notation. */
function indicesText(indices: readonly number[]): string {
  const parts: string[] = [];
  for (let begin = 0; begin < indices.length; ) {
    let end = begin;
    while (indices[end + 1] === indices[end] + 1) end++;
    parts.push(end === begin ? `${indices[begin]}` : `${indices[begin]}-${indices[end]}`);
    begin = end + 1;
  }
  return parts.join(',');
}

test('the queue: waiting tasks are one line, running ones a line each', () => {
  const text = [
    '1|4-6,9|PENDING|Resources||fys-nn-a-0',
    '1|0|RUNNING|None|n1|fys-nn-a-0',
    '1|1|COMPLETING|None|n2|fys-nn-a-0',
    '7|N/A|RUNNING|None|n2|another',
    'slurm_load_jobs error: something',
    '',
  ].join('\n');
  expect(parseQueue(text)).toEqual([
    { job: '1', indices: [4, 5, 6, 9], state: 'PENDING', reason: 'Resources', node: '', name: 'fys-nn-a-0' },
    { job: '1', indices: [0], state: 'RUNNING', reason: '', node: 'n1', name: 'fys-nn-a-0' },
    { job: '1', indices: [1], state: 'COMPLETING', reason: '', node: 'n2', name: 'fys-nn-a-0' },
  ]);
});

test.each([
  ['3', [3]],
  ['[4-6]', [4, 5, 6]],
  ['0-8:4,1%2', [0, 4, 8, 1]],
  ['N/A', null],
  ['', null],
  ['4-', null],
  ['0-99999999999', null],
  ['0-4:0', null],
  ['9007199254740992', null],
])('indices "%s"', (text, indices) => {
  expect(parseIndices(text)).toEqual(indices);
});

test('indices in the notation of Slurm are read as they were', () => {
  const lists = fc.uniqueArray(fc.nat(60)).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(lists, (list) => {
      expect(list.length === 0 ? [] : parseIndices(indicesText(list))).toEqual(list);
    }),
    { seed: fixedSeed },
  );
});

test('how tasks ended, by the accounting and by the memory of the controller', () => {
  const sacct =
    '1_0|COMPLETED|0:0|n1\n1_1|FAILED|3:0|n1\n1_6|CANCELLED by 0|0:0|n1\n1_[4-9]|PENDING|0:0|None assigned\n';
  expect(Object.fromEntries(parseAccounting(sacct))).toEqual({
    '1_0': { state: 'COMPLETED', exitCode: '0:0', node: 'n1' },
    '1_1': { state: 'FAILED', exitCode: '3:0', node: 'n1' },
    '1_6': { state: 'CANCELLED', exitCode: '0:0', node: 'n1' },
  });
  const scontrol =
    'JobId=2 ArrayJobId=1 ArrayTaskId=0 JobName=x UserId=root(0) JobState=FAILED Reason=NonZeroExitCode ' +
    'Restarts=0 ExitCode=3:0 TimeLimit=00:35:00 NodeList=n1 BatchHost=n1 Comment=JobState=FAKE \n' +
    'JobId=1 ArrayJobId=1 ArrayTaskId=3-9 JobState=PENDING NodeList=(null)\n';
  expect(Object.fromEntries(parseJobs(scontrol))).toEqual({
    '1_0': { state: 'FAILED', exitCode: '3:0', node: 'n1' },
  });
});

test('the number of a job, and the size of arrays', () => {
  expect(['12\n', '12;cluster\n', 'Submitted batch job 12', ''].map(parseSubmitted)).toEqual([
    '12',
    '12',
    null,
    null,
  ]);
  expect(parseMaxArraySize('MaxAge = 3\nMaxArraySize            = 1001\n')).toBe(1001);
  expect(parseMaxArraySize('')).toBeNull();
});

describe('any text', () => {
  test('is read without an error', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const read of [
          parseQueue,
          parseAccounting,
          parseJobs,
          parseSubmitted,
          parseMaxArraySize,
          parseIndices,
        ])
          read(text);
      }),
      { seed: fixedSeed },
    );
  });
});
