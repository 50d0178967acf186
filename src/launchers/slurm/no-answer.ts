/**
 * What the commands of Slurm say when they get no answer from its controller, or none about what they asked: texts of its errors
 * (`src/common/slurm_errno.c` of Slurm 22.05 and 24.05), and of the system's.
 */
const texts = [
  'unable to contact slurm controller',
  'socket timed out on send/recv operation',
  'zero bytes were transmitted or received',
  'slurm backup controller in standby mode',
  'rate limit exceeded, please retry momentarily',
  'slurm temporarily unable to accept job',
  'communication connection failure',
  'protocol authentication error',
  'resource temporarily unavailable',
  'transport endpoint is not connected',
  'connection refused',
  'connection reset by peer',
  'connection timed out',
  'no route to host',
  'network is unreachable',
];

/** What a command adds before and after such a text. */
const around =
  /^batch job submission failed: |(?: \((?:connect|send|receive|shutdown) failure\))?[.,]?(?: sleeping and retrying)?\.?$/g;

/** Whether the last line that a command of Slurm printed is one of these. Names that users chose may contain any words. */
export function isNoAnswer(line: string): boolean {
  return texts.includes(line.toLowerCase().replaceAll(around, ''));
}
