import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { addExamples } from './examples.ts';
import { repeatCommand } from './repeat-command.ts';
import type { SetStatus } from './status.ts';
import { addExplainCommand } from './verify-explain.ts';
import {
  addSpecificationOptions,
  addVerifyOptions,
  type VerifyFlags,
  verifyRequest,
} from './verify-flags.ts';

/** `fys-nn verify`: do the report's numbers and conclusions hold for other seeds? */
export function addVerifyCommand(program: Command, setStatus: SetStatus): void {
  const command = program
    .command('verify')
    .argument('[files...]', 'files of experiments of your own that the claims are about')
    .description('Judge every number and conclusion of the report over many seeds');
  command.enablePositionalOptions();
  command.hook('preSubcommand', refuseBefore);
  addVerifyOptions(command);
  addExamples(command, [
    ['verify --quick', 'five seeds, and one for MNIST'],
    ['verify --init my-claims.yaml', 'a file of claims with comments, for a report of your own'],
    ['verify --runs runs.csv --claims claims.json', 'the claims of a report, by the runs of another program'],
    ['verify my.yaml --claims claims.yaml', 'claims about an experiment of your own'],
    ['verify --seeds 1..10 --expect results/verify/verdicts.json', 'what is new since the last time'],
  ]);
  command.action(async (files: string[], flags: VerifyFlags) =>
    setStatus(await runVerify(files, flags, command)),
  );
  addExplainCommand(command);
  addSpecificationCommand(command, setStatus);
}

/** Refuses options of `verify` before a command below it, which would not get them. */
function refuseBefore(verify: Command, below: Command): void {
  const option = verify.options.find((one) => verify.getOptionValueSource(one.attributeName()) === 'cli');
  if (option === undefined) return;
  const name = `verify ${below.name()}`;
  const has = below.options.some(({ long }) => long === option.long);
  throw new UserError({
    what: `${option.long} before ${below.name()} has no effect`,
    expected: `options after fys-nn ${name}`,
    received: `verify ${option.long} … ${below.name()}`,
    remedy: has
      ? `write ${option.long} after ${name}`
      : `leave out ${option.long}: fys-nn ${name} has no such option`,
  });
}

/** `fys-nn verify specification`: the claims under combinations of the choices that the report leaves open. */
function addSpecificationCommand(verify: Command, setStatus: SetStatus): void {
  const command = verify
    .command('specification')
    .argument('[claims...]', 'ids of claims, as in claims.csv (default: all that an open choice can affect)')
    .description(
      'Show how claims depend on the choices that the report leaves open: values under combinations of them, and the share of the variance that each accounts for',
    );
  addSpecificationOptions(command);
  addExamples(command, [
    ['verify specification ols-best-mse ffnn-best-mse --seeds 1..3', 'two numbers, three seeds'],
    ['verify specification --plan', 'what all claims cost'],
  ]);
  command.action(async (claims: string[], flags: VerifyFlags) => {
    const { runSpecification } = await import('./verify-specification.ts');
    setStatus(
      await runSpecification(claims, verifyRequest({ ...flags, variant: 'code' }, repeatCommand(command))),
    );
  });
}

/** Refuses files of experiments where nothing of theirs is run. */
function refuseFilesWith({ init, runs }: VerifyFlags, files: readonly string[]): void {
  const idle = init !== undefined ? '--init' : runs !== undefined ? '--runs' : null;
  if (idle === null) return;
  throw new UserError({
    what: `files of experiments have no effect with ${idle}`,
    expected: `${idle} without them`,
    received: files.join(' '),
    remedy: `leave out ${files.join(' ')}, or ${idle}`,
  });
}

async function runVerify(files: readonly string[], flags: VerifyFlags, command: Command): Promise<number> {
  if (files.length > 0) refuseFilesWith(flags, files);
  if (flags.init !== undefined) {
    const { writeStarter } = await import('./verify-init.ts');
    return await writeStarter(flags.init, command);
  }
  const asked = verifyRequest(flags, repeatCommand(command));
  if (flags.runs !== undefined) {
    const { judgeRunsInto } = await import('./verify-runs.ts');
    return await judgeRunsInto(flags.runs, asked, command);
  }
  const { verifySubject } = await import('./verify-claims.ts');
  const { withFiles } = await import('./verify-files.ts');
  const { request, experiments } =
    files.length === 0 ? { request: asked, experiments: [] } : await withFiles(files, asked, command);
  const subject = await verifySubject(request, experiments);
  if (request.shard !== null) {
    const { runVerifyShard } = await import('./verify-shard.ts');
    return await runVerifyShard(request, subject, request.shard);
  }
  switch (request.action) {
    case 'plan': {
      const { showVerifyPlan } = await import('./verify-plan.ts');
      return await showVerifyPlan(request, subject);
    }
    case 'calibrate': {
      const { calibrateInto } = await import('./verify-calibrate.ts');
      return await calibrateInto(request, subject);
    }
    case 'judge': {
      const { judgeInto } = await import('./verify-judge.ts');
      return await judgeInto(request, subject);
    }
  }
}
