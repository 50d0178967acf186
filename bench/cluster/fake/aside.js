// Runs a program without stopping this one, which may have to answer it.
import { spawn } from 'node:child_process';

/** Resolves to what a program prints and to its exit status. The last of `args` may be options of spawn. */
export function runAside(program, args, env) {
  const options = typeof args.at(-1) === 'object' ? args.pop() : {};
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (status) => done({ ...output, status }));
  });
}
