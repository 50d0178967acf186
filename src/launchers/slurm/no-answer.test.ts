import { expect, test } from '@jest/globals';
import { isNoAnswer } from './no-answer.ts';

test.each([
  'Batch job submission failed: Unable to contact slurm controller (connect failure)',
  'Unable to contact slurm controller (send failure)',
  'Batch job submission failed: Socket timed out on send/recv operation',
  'Batch job submission failed: Zero Bytes were transmitted or received',
  'Batch job submission failed: Transport endpoint is not connected',
  'Batch job submission failed: Rate limit exceeded, please retry momentarily',
  'Slurm temporarily unable to accept job, sleeping and retrying.',
  'Slurm temporarily unable to accept job, sleeping and retrying',
  'Batch job submission failed: Resource temporarily unavailable',
  'Batch job submission failed: Protocol authentication error',
  'Batch job submission failed: Slurm backup controller in standby mode',
])('%j is no answer', (line) => {
  expect(isNoAnswer(line)).toBe(true);
});

test.each([
  'invalid partition specified: connectome',
  'invalid partition specified: Connection refused by everyone',
  'Batch job submission failed: Invalid partition name specified',
  'Please do not use the feature temporary: it times out',
  'the reservation "no answer" is busy; connect to the help desk',
  'Batch job submission failed: Requested node configuration is not available',
  '',
])('%j is an answer', (line) => {
  expect(isNoAnswer(line)).toBe(false);
});
