import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { exitCodes, UserError } from '../errors.ts';
import type { Criterion, Rubric } from '../grading/rubric.ts';
import { parseChoice, parseNumber } from '../parsing/value-list.ts';
import { addUnder, choosing, headings, helpUnder } from './command-options.ts';
import { addExamples } from './examples.ts';
import { checkInit } from './starter-choices.ts';
import type { SetStatus } from './status.ts';
import { writeStderr, writeStdoutRaw } from './terminal.ts';

/** How much feedback gives away. */
const hintChoices = ['none', 'place', 'cause'] as const;
/** The rubric that `--init` writes if no file is named, and the schema that it writes next to it. */
const usualRubric = 'rubric.yaml';
const schemaFile = 'fys-nn.rubric.schema.json';

/** The flags of `trace grade`, as the user typed them. */
interface GradeFlags {
  readonly rubric?: string;
  readonly init?: string | true;
  readonly criterion: readonly string[];
  readonly failUnder?: string;
  readonly hints: string;
  readonly csv?: string;
  readonly junit?: string;
  readonly feedback?: string;
  readonly html?: string;
  readonly json?: boolean;
}

/** `fys-nn trace grade FILE... --rubric rubric.yaml`: points for what students recorded. */
export function addTraceGradeCommand(trace: Command, setStatus: SetStatus): void {
  const command = trace
    .command('grade')
    .description(
      'Grade recordings of students by a rubric: points for each criterion, and the first difference',
    )
    .argument('[files...]', 'recordings, such as submissions/*.json, or a folder of them');
  addUnder(
    command,
    'Rubric:',
    new Option('--rubric <file>', 'what is graded, for how many points, on which exercises'),
    new Option('--init [file]', `write a rubric with comments (default: ${usualRubric})`),
    new Option('--criterion <name>', 'grade this criterion only; can be repeated')
      .argParser((text: string, before: readonly string[]) => [...before, text])
      .default([], 'all'),
    new Option(
      '--fail-under <points>',
      'exit with 3 if a submission has fewer points: 6, or 60% of the maximum',
    ),
  );
  addUnder(
    command,
    headings.output,
    choosing(
      '--hints <name>',
      'what feedback gives away: none: only points; place: the first difference; cause: also what explains it',
      hintChoices,
    ).default('cause'),
    new Option('--feedback <dir>', 'write Markdown for each student'),
    new Option('--html <dir>', 'write a page for each recording, as of trace check: it shows the cause, too'),
    new Option('--csv <file>', 'write the points as CSV'),
    new Option('--junit <file>', 'write them as JUnit XML: a suite for each student'),
    new Option('--json', 'print as JSON'),
  );
  helpUnder(command, headings.output);
  command.addHelpText(
    'after',
    '\nNothing in a submission is run. One that cannot be read, or that has another\n' +
      'exercise, gets 0 points and the reason.\n' +
      'Exit status: 0 everything was graded, whatever the points; 3 a submission has\n' +
      'fewer points than --fail-under; 2 the rubric or an exercise cannot be used;\n' +
      '1 fys-nn itself failed on a file.',
  );
  addExamples(command, [
    ['trace grade --init my-rubric.yaml', 'a rubric with comments, to be changed'],
    ['trace grade submissions/*.json --rubric rubric.yaml', 'points of everybody'],
    ['trace grade submissions/*.json --rubric rubric.yaml --csv grades.csv', 'for a spreadsheet'],
    ['trace grade submissions/anna.json --rubric rubric.yaml --fail-under 60%', 'for a CI server'],
  ]);
  command.action(async (files: string[], flags: GradeFlags) => {
    if (flags.init !== undefined) await writeStarter(flags.init, files, command);
    else setStatus(await runGrade(files, flags));
  });
}

async function runGrade(paths: readonly string[], flags: GradeFlags): Promise<number> {
  if (flags.rubric === undefined) {
    throw new UserError({
      what: '--rubric is missing',
      expected: 'a file that says what is graded',
      remedy: 'write --rubric rubric.yaml; fys-nn trace grade --init writes such a file',
    });
  }
  if (paths.length === 0) {
    throw new UserError({
      what: 'trace grade needs <files...>',
      expected: 'recordings, such as submissions/*.json, or a folder of them',
      remedy: `run fys-nn trace grade submissions/*.json --rubric ${flags.rubric}`,
    });
  }
  const hints = parseChoice(flags.hints, hintChoices, '--hints');
  const { maximumOf, readRubric } = await import('../grading/rubric.ts');
  const { submissionsAt } = await import('../grading/submissions.ts');
  const { readGiven } = await import('../grading/given-exercises.ts');
  const { checkGradeFiles, studentFiles, writeTables } = await import('./grade-files.ts');
  const { gradeAll } = await import('./grade-all.ts');
  const { gradesText } = await import('./show-grades.ts');
  const rubric = chosenCriteria(await readRubric(flags.rubric), flags.criterion);
  const limit = limitOf(flags.failUnder, maximumOf(rubric.criteria));
  const submissions = await submissionsAt(paths);
  const students = submissions.map(({ student }) => student);
  const given = await readGiven(rubric, students);
  await checkGradeFiles(flags, students);
  const files = studentFiles(flags, students);
  const request = {
    ...{ rubric: flags.rubric, criteria: rubric.criteria.map(({ name }) => name), students, hints },
    ...{ feedback: flags.feedback !== undefined, pages: flags.html !== undefined },
  };
  const each = given.all.length > 1 && given.all.every(({ owner }) => owner === null);
  const rows = await gradeAll(submissions, request, each, files.write);
  if (flags.json === true) {
    const { gradesJson } = await import('../output/grade-table.ts');
    const { toJson } = await import('../output/json.ts');
    writeStdoutRaw(toJson(gradesJson(rubric.criteria, rows)));
  } else writeStdoutRaw(gradesText(rubric.criteria, rows));
  const written = [...(await writeTables(flags, rubric.criteria, rows)), ...files.written()];
  writeStderr(...written.map((what) => `wrote ${what}`));
  if (rows.some(({ refusal }) => refusal?.isOurs === true)) return exitCodes.failed;
  const isUnder = limit !== null && rows.some(({ points }) => points < limit);
  return isUnder ? exitCodes.contradicted : exitCodes.done;
}

/** The rubric with the criteria that are chosen; without a choice, all. */
function chosenCriteria(rubric: Rubric, names: readonly string[]): Rubric {
  if (names.length === 0) return rubric;
  const known = rubric.criteria.map(({ name }) => name);
  const chosen = new Set(names.map((name) => parseChoice(name, known, '--criterion')));
  const isChosen = ({ name }: Criterion) => chosen.has(name);
  return { ...rubric, criteria: rubric.criteria.filter(isChosen) };
}

/** The points below which the command fails; null: none. */
function limitOf(text: string | undefined, maximum: number): number | null {
  if (text === undefined) return null;
  const isPercent = text.endsWith('%');
  const value = parseNumber(isPercent ? text.slice(0, -1) : text, '--fail-under');
  const most = isPercent ? 100 : maximum;
  if (value >= 0 && value <= most) return isPercent ? (value / 100) * maximum : value;
  throw new UserError({
    what: '--fail-under is out of range',
    expected: `points from 0 to ${maximum}, or a share from 0% to 100%`,
    received: text,
    remedy: 'write --fail-under 60%',
  });
}

/** Writes a rubric with comments, and never over another file. */
async function writeStarter(file: string | true, files: readonly string[], command: Command): Promise<void> {
  const path = file === true ? usualRubric : file;
  checkInit(command, { allowed: [], given: files, when: 'when recordings are graded', path });
  const { starterRubric } = await import('../grading/rubric-starter.ts');
  const { rubricJsonSchema, rubricSchemaId } = await import('../grading/rubric-schema.ts');
  const { shellQuoted } = await import('../experiment/command-text.ts');
  const { writeNew } = await import('./write-new.ts');
  const { writeSchema } = await import('./write-schema.ts');
  const quoted = shellQuoted(path);
  await writeNew(path, starterRubric(quoted, schemaFile), 'name another file: --init my-rubric.yaml');
  await writeSchema(join(dirname(path), schemaFile), rubricJsonSchema(), rubricSchemaId);
  writeStderr(
    `wrote ${path}; name your exercises in it, then: fys-nn trace grade submissions/*.json --rubric ${quoted}`,
  );
}
