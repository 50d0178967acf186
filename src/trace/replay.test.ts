import { expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { replayFiles } from './replay.ts';
import { replayTrace } from './replay-trace.ts';
import { readTrace } from './trace-file.ts';

const files = ['ols-closed-form', 'ffnn-relu'].map((name) => `data/fixtures/traces/${name}.json`);

test('a thread of its own gives what this one gives, file by file', async () => {
  const replays = await replayFiles(files);
  expect(replays.map(({ file, name, closedForm }) => ({ file, name, closedForm }))).toEqual([
    { file: files[0], name: 'ols-closed-form', closedForm: true },
    { file: files[1], name: 'ffnn-relu', closedForm: false },
  ]);
  for (const [index, file] of files.entries()) {
    expect(replays[index].differences).toEqual(await replayTrace(await readTrace(file)));
  }
});

test('a refusal comes as the UserError it is, whatever other files are good', async () => {
  const refused = replayFiles([files[0], 'none.json']);
  await expect(refused).rejects.toBeInstanceOf(UserError);
  await expect(refused).rejects.toThrow(/none.json cannot be read as a trace.*remedy/s);
});
