// Alters one setting of the program in a copy of the report's claims, and judges the copy by `fys-nn verify`: which
// differences between a program and the report's does a verification find? Run `npm run build` first.
//
//   node bench/planted-settings.js [OPTIONS OF fys-nn verify, such as --seeds 1..20 --store DIR]
//
// Writes bench/results/planted-settings.csv and .md. Only claims on the Franke function that are cheap to run are judged,
// under the program's reading. A claim catches a difference if it is contradicted in the copy and not in the original.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const linear = ['grid-search ols', 'grid-search ridge'];
const networks = ['grid-search ffnn', 'ffnn', 'activations'];

/** What differs, in which experiments; `where`: only for quantities that select this. */
const alterations = [
  { name: 'nothing', experiments: [], settings: {} },
  { name: 'polynomials of degree 10, not 14', experiments: linear, settings: { degree: 10 } },
  { name: 'polynomials of degree 5, not 14', experiments: linear, settings: { degree: 5 } },
  { name: 'targets centred', experiments: [...linear, ...networks], settings: { centerTargets: 'yes' } },
  {
    name: 'the rate decays with each step, not each epoch',
    experiments: linear,
    where: { schedule: 'decay' },
    settings: { schedule: 'decay_per_step' },
  },
  { name: 'penalty on kernels alone, not biases', experiments: networks, settings: { penalize: 'kernels' } },
  {
    name: 'mini-batches without replacement',
    experiments: [...linear, ...networks],
    settings: { batches: 'permutation' },
  },
  { name: 'half of the epochs', experiments: linear, settings: { epochs: 50 } },
  {
    name: 'half of the noise',
    experiments: [...linear, ...networks],
    settings: { noise: 0.5 },
  },
  {
    name: "Glorot's initial weights, not random normal",
    experiments: ['grid-search ffnn', 'ffnn'],
    settings: { kernelInit: 'glorot_uniform' },
  },
];

const given = process.argv.slice(2);
const original = JSON.parse(readFileSync('data/claims.json', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'fys-nn-planted-'));
const rows = [];
let before = new Map();
try {
  for (const alteration of alterations) {
    const claims = original.claims
      .map((claim) => altered(claim, alteration))
      .filter((claim) => claim !== null);
    const verdicts = judge({ report: original.report, claims: claims.map(({ claim }) => claim) });
    if (alteration.experiments.length === 0) {
      before = verdicts;
      continue;
    }
    const changed = claims.filter(({ isAltered }) => isAltered).map(({ claim }) => claim);
    const newly = (kind, verdict) =>
      changed
        .filter((claim) => claim.kind === kind)
        .filter(({ id }) => verdicts.get(id) === verdict && before.get(id) !== verdict);
    const caught = (kind) => newly(kind, 'contradicted');
    const figures = new Set(caught('number').map(({ figure }) => figure ?? 'no figure'));
    rows.push({
      difference: alteration.name,
      numbers: changed.filter(({ kind }) => kind === 'number').length,
      numbersFound: caught('number').length,
      numbersUnusual: newly('number', 'unusual').length,
      figures: [...figures].map(
        (name) => `${name}: ${caught('number').filter(({ figure = 'no figure' }) => figure === name).length}`,
      ),
      conclusions: changed.filter(({ kind }) => kind === 'conclusion').length,
      conclusionsFound: caught('conclusion').map(({ id }) => id),
      numbersIds: caught('number').map(({ id }) => id),
    });
    console.error(`${alteration.name}: ${caught('number').length} numbers`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

mkdirSync('bench/results', { recursive: true });
writeFileSync('bench/results/planted-settings.csv', csv());
writeFileSync('bench/results/planted-settings.md', markdown());
console.log(markdown());

/** The claim with the settings of an alteration; null if it is not one that is judged here. */
function altered(claim, alteration) {
  const isJudged = ({ experiment, with: given }) =>
    [...linear, ...networks].includes(experiment) && given === undefined;
  if (claim.variant !== undefined) return null;
  if (claim.kind === 'number') {
    if (!isJudged(claim)) return null;
    const changed = withSettings(claim, alteration);
    return { claim: changed, isAltered: changed !== claim };
  }
  if (claim.quantities === undefined || !Object.values(claim.quantities).every(isJudged)) return null;
  if (Object.keys(alteration.settings).some((name) => claim.for?.[name] !== undefined)) return null;
  const quantities = Object.fromEntries(
    Object.entries(claim.quantities).map(([name, quantity]) => [name, withSettings(quantity, alteration)]),
  );
  const isAltered = Object.entries(quantities).some(
    ([name, quantity]) => quantity !== claim.quantities[name],
  );
  return { claim: isAltered ? { ...claim, quantities } : claim, isAltered };
}

/** The quantity in the altered program; the same object if nothing differs. */
function withSettings(quantity, { experiments, settings, where = {} }) {
  const { experiment, select = {} } = quantity;
  const selects = (wanted) => Object.entries(wanted).every(([name, value]) => select[name] === value);
  if (!experiments.includes(experiment) || !selects(where)) return quantity;
  // An option that is selected by its value is selected by the new value.
  const chosen = Object.fromEntries(
    Object.entries(select).map(([name, value]) => [name, name in settings ? settings[name] : value]),
  );
  const lists = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, [value]]));
  return { ...quantity, with: lists, ...(quantity.select === undefined ? {} : { select: chosen }) };
}

/** Verdicts by claim. */
function judge(claims) {
  const file = join(folder, 'claims.json');
  const out = join(folder, 'verdicts');
  writeFileSync(file, JSON.stringify(claims));
  const options = ['verify', '--claims', file, '--variant', 'code', '--out', out, '--quiet', ...given];
  try {
    execFileSync(process.execPath, ['bin/fys-nn.js', ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    if (error.status !== 3) throw error; // contradicted, as it should be
  }
  return new Map(Object.entries(JSON.parse(readFileSync(join(out, 'verdicts.json'), 'utf8'))));
}

function csv() {
  const header = ['difference', 'numbers', 'numbers_contradicted', 'numbers_unusual', 'numbers_ids'];
  const lines = rows.map((row) =>
    [
      ...[`"${row.difference}"`, row.numbers, row.numbersFound, row.numbersUnusual, row.numbersIds.join(' ')],
      ...[row.conclusions, row.conclusionsFound.join(' ')],
    ].join(','),
  );
  return `${[[...header, 'conclusions', 'conclusions_ids'].join(','), ...lines].join('\n')}\n`;
}

function markdown() {
  const lines = rows.map((row) => {
    const where = row.figures.length === 0 ? '' : ` (${row.figures.join(', ')})`;
    const said = row.conclusionsFound.map((id) => `\`${id}\``).join(', ');
    return `| ${[
      ...[row.difference, `${row.numbersFound} of ${row.numbers}${where}`, row.numbersUnusual],
      `${row.conclusionsFound.length} of ${row.conclusions}${said === '' ? '' : `: ${said}`}`,
    ].join(' | ')} |`;
  });
  const header = [
    'the program differs in',
    'numbers contradicted',
    'newly unusual',
    'conclusions contradicted',
  ];
  const command = ['node bench/planted-settings.js', ...given.filter((_, i) => !isPlace(i))].join(' ');
  const rule = header.map(() => '---');
  const table = [header.join(' | '), rule.join(' | ')].map((line) => `| ${line} |`);
  return `${[...table, ...lines, '', `Written by \`${command}\`.`].join('\n')}\n`;
}

/** Where the records are kept, and with how many workers they are made, changes no verdict. */
function isPlace(index) {
  const places = ['--store', '--jobs', '--data-dir'];
  return places.includes(given[index]) || places.includes(given[index - 1]);
}
