// One of Slurm's commands: node command.js sbatch ARGUMENT... asks the fake controller, and prints what it answers.
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';

const [name, ...args] = process.argv.slice(2);
const { FAKE_SLURM: socket, FAKE_SLURM_FAULTS: faults = '' } = process.env;

/** What the command prints if the controller does not answer. */
const unreachable = 'Unable to contact slurm controller (connect failure)';

/** A script may come from the standard input. */
const input = name === 'sbatch' && !process.stdin.isTTY ? readInput() : '';

function readInput() {
  try {
    return readFileSync(0, 'utf8');
  } catch {
    return '';
  }
}

let answer = '';
const connection = createConnection(socket);
connection.setEncoding('utf8');
connection.on('connect', () =>
  connection.end(`${JSON.stringify({ name, args, cwd: process.cwd(), env: process.env, input, faults })}\n`),
);
connection.on('data', (text) => {
  answer += text;
});
connection.on('error', () => {});
connection.on('close', () => {
  const { stdout, stderr, status } =
    answer === '' ? { stdout: '', stderr: unreachableBy(name), status: 1 } : JSON.parse(answer);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = status;
});

function unreachableBy(command) {
  if (command === 'sbatch') return `sbatch: error: Batch job submission failed: ${unreachable}\n`;
  if (command === 'sinfo') return `slurm_load_partitions: ${unreachable}\n`;
  if (command === 'scontrol' && args.includes('config')) return `slurm_load_ctl_conf error: ${unreachable}\n`;
  return `slurm_load_jobs error: ${unreachable}\n`;
}
