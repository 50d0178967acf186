// Turns the measurements of kernels and of growth into Markdown, and writes it between its markers.
import { readFile, writeFile } from 'node:fs/promises';

const page = new URL('../../docs/performance.md', import.meta.url);

/** Writes text between the markers `name` of docs/performance.md. */
export async function writeSection(name, text) {
  const before = await readFile(page, 'utf8');
  const start = new RegExp(`<!-- ${name}\\b[^>]*-->`).exec(before);
  const end = before.indexOf(`<!-- end of ${name} -->`);
  if (start === null || end < start.index) throw new Error(`docs/performance.md has no markers for ${name}`);
  const from = start.index + start[0].length;
  await writeFile(page, `${before.slice(0, from)}\n\n${text}\n\n${before.slice(end)}`);
}

export function kernelTables({ quick, at, machine, node, ceilings, workloads, profiles, wholeRun }) {
  return [
    ...(quick ? ['QUICK RUN: few and short measurements, little data.'] : []),
    `${machine.cpu}, ${machine.cores} cores, Node ${node}; ${at.slice(0, 10)}. Ceilings of one core in WebAssembly:`,
    ceilingTable(ceilings),
    ...Object.values(workloads).flatMap(({ title, calls }) => [`${title}:`, callTable(calls)]),
    'Shares of the time of training and evaluation (CPU profile, one thread):',
    profileTable(profiles, workloads),
    'A whole `fys-nn mnist --epochs 1`, seconds:',
    wholeRunTable(wholeRun),
  ].join('\n\n');
}

function ceilingTable(ceilings) {
  const levels = Object.keys(ceilings.float32).filter((key) => key !== 'multiplyAdd');
  return table(
    [
      '',
      'multiply-add, GFLOP/s',
      ...levels.map((level) => `read from ${level}, GB/s`),
      ...levels.map((level) => `copy in ${level}, GB/s`),
    ],
    Object.entries(ceilings).map(([dtype, ceiling]) => [
      dtype,
      ceiling.multiplyAdd.toFixed(1),
      ...levels.map((level) => ceiling[level].read.toFixed(0)),
      ...levels.map((level) => ceiling[level].copy.toFixed(0)),
    ]),
  );
}

function callTable(calls) {
  return table(
    ['kernel', 'size', 'time, us', 'GFLOP/s', 'GB/s', 'limit', 'share of it', 'reference / ours'],
    calls.map((call) => [
      `${call.kernel}${call.phase === 'evaluation' ? ' (evaluation)' : ''}`,
      call.size.join(' x '),
      (call.nanoseconds / 1000).toPrecision(3),
      call.gigaflops === 0 ? '' : call.gigaflops.toFixed(1),
      call.gigabytes.toFixed(1),
      call.limit === 'bandwidth' ? `bandwidth of ${call.level}` : call.limit,
      percent(call.share),
      call.ratio.toFixed(1),
    ]),
  );
}

function profileTable(profiles, workloads) {
  return table(
    ['', 'kernels', 'JavaScript', 'garbage collector', 'the rest', 'largest in JavaScript'],
    Object.entries(profiles).map(([name, { kernels, javascript, collector, rest, largestInJavascript }]) => [
      workloads[name].title,
      ...[kernels, javascript, collector, rest].map(percent),
      largestInJavascript
        .slice(0, 3)
        .map((one) => `${one.name} ${percent(one.share)}`)
        .join(', '),
    ]),
  );
}

function wholeRunTable(parts) {
  const names = {
    whole: 'whole',
    startUp: 'start-up',
    planning: 'checking and planning',
    workers: 'starting workers',
    reading: 'reading data',
    preparing: 'preparing data',
    training: 'training and evaluation',
    files: 'store and files',
  };
  return table(Object.values(names), [Object.keys(names).map((part) => Math.max(0, parts[part]).toFixed(2))]);
}

export function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const percent = (share) => `${Math.round(100 * share)} %`;
