// Turns the benchmark's results into tables, and writes them between the markers of docs/performance.md.
import { readFile, writeFile } from 'node:fs/promises';
import { median } from './pairs.js';
import { peers, workloads } from './workloads.js';

const page = new URL('../docs/performance.md', import.meta.url);
/** Around the tables of a set. */
const startOf = (set) => `<!-- ${set}: written by \`npm run bench\` from bench/results/${set}.json -->`;
const endOf = (set) => `<!-- end of ${set} -->`;

/** What is said above the table of each group of workloads. */
const groups = {
  sgd: 'Time of one epoch of the peer divided by ours, one thread each, OpenBLAS with its fastest settings (higher is better):',
  adaptive: "The report's networks with other optimisers, measured in the same way:",
  'full batch':
    'Network 4-32-16-4, tanh, Adam, all 10,000 rows in one batch (f32), measured in the same way,',
};

/** Returns the tables as Markdown, and writes those of a set to the page; null: to none. */
export async function updatePage(measured, set) {
  const tables = tablesOf(measured);
  if (set !== null) {
    const [start, end] = [startOf(set), endOf(set)];
    const text = await readFile(page, 'utf8');
    const from = text.indexOf(start);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`docs/performance.md has no ${start}`);
    await writeFile(page, `${text.slice(0, from + start.length)}\n\n${tables}\n\n${text.slice(to)}`);
  }
  return tables;
}

function tablesOf(measured) {
  const { machine, program, programs, notMeasured, results, quick, at } = measured;
  const commit = program.commit === null ? '' : `, commit ${program.commit.slice(0, 9)}`;
  const changed = program.modified ? ' with changes' : '';
  const kernels = program.kernels === 'default' ? '' : `, ${program.kernels} kernels`;
  const about = [
    quick ? 'QUICK RUN: small data, one measurement each.\n' : '',
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; ${at.slice(0, 10)}.`,
    `fys-nn ${program.version}${commit}${changed}${kernels}, Node ${program.node}.\n`,
    ...versionsOf(programs),
  ];
  const sections = [about.filter((line) => line !== '').join('\n')];
  for (const [group, text] of Object.entries(groups)) {
    const own = results.filter(({ workload }) => workloads[workload].group === group);
    if (own.length > 0)
      sections.push(
        group === 'full batch' ? `${text} ${epochsOf(own)}` : text,
        table(own, 'strongest', true),
      );
  }
  if (results.some(({ setting }) => setting === 'installed')) {
    sections.push('The same with OpenBLAS as installed:', table(results, 'installed', false));
  }
  if (results.some(({ setting }) => setting === 'two-threads')) {
    sections.push(
      'Peers with their fastest settings and ours, two threads each:',
      table(results, 'two-threads', false),
    );
  }
  const missing = Object.entries(notMeasured).map(
    ([id, note]) => `- ${peers[id].title}: not measured, ${note}`,
  );
  if (missing.length > 0) sections.push(missing.join('\n'));
  return sections.join('\n\n');
}

/** "over 10000 epochs:" */
function epochsOf(results) {
  const epochs = new Set(results.flatMap(({ measurements }) => measurements.map(({ ours }) => ours.epochs)));
  return `over ${[...epochs].join(', ')} epochs:`;
}

function table(results, setting, withTargets) {
  const of = results.filter((result) => result.setting === setting);
  const names = Object.keys(workloads).filter((name) => of.some(({ workload }) => workload === name));
  const cell = (id, name) => {
    const found = of.find(({ peer, workload }) => peer === id && workload === name);
    if (found === undefined) return peers[id].workloads.includes(name) ? 'not measured' : '';
    const { ratio, target, met, size, dtype } = found;
    const notes = [];
    if (withTargets && target !== null) notes.push(`>= ${target}: ${met ? 'met' : 'missed'}`);
    if (dtype !== workloads[name].dtype) notes.push('it in f32');
    if (size === 'small' && name.startsWith('mnist')) notes.push('2000 rows');
    return `${ratio.toPrecision(3)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
  };
  const ours = names.map((name) => {
    const times = of
      .filter(({ workload, size }) => workload === name && (size === 'full' || !hasFull(of, name)))
      .flatMap(({ measurements }) => measurements.map((measurement) => measurement.ours.epochSeconds))
      .sort((a, b) => a - b);
    return times.length === 0 ? '' : `${(1000 * times[times.length >> 1]).toPrecision(3)} ms`;
  });
  const rows = Object.keys(peers)
    .filter((id) => of.some(({ peer }) => peer === id))
    .map((id) => [peers[id].title, ...names.map((name) => cell(id, name))]);
  return [
    ['', ...names.map((name) => workloads[name].title)],
    ['---', ...names.map(() => '---')],
    ...rows,
    ['an epoch of ours', ...ours],
    ...shares(of, names),
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Our share of the ceiling, where it was measured. */
function shares(results, names) {
  const of = names.map((name) => {
    const found = results.filter(({ workload, share }) => workload === name && share !== undefined);
    return found.flatMap(({ measurements }) => measurements.map(({ share }) => share));
  });
  if (of.every((measured) => measured.length === 0)) return [];
  const cells = of.map((measured) =>
    measured.length === 0 ? '' : `${Math.round(100 * median(measured))} %`,
  );
  return [["ours: share of one core's products and sums in WebAssembly", ...cells]];
}

function hasFull(results, name) {
  return results.some(({ workload, size }) => workload === name && size === 'full');
}

/** The versions of the peers, and the core type that OpenBLAS used. */
function versionsOf(programs) {
  return Object.entries(programs).map(([key, { versions, blas }]) => {
    const [program, setting] = key.split(' ');
    const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    const cores = blas.map(({ config, core }) => `${config.split(' ').slice(0, 2).join(' ')} as ${core}`);
    return `- ${program}, ${setting}: ${[...named, ...cores].join(', ')}`;
  });
}
