import { differenceOf, digitsOf } from '../trace/difference.ts';
import type { NumberArray } from '../trace/number-array.ts';
import { batchesOf, placesOf } from '../trace/quantities.ts';
import type { Rules } from '../trace/rules.ts';
import type { Explanation } from './check-result.ts';
import type { Effort } from './effort.ts';
import { type At, expectedAt, type Followed, follow, followed } from './follow.ts';
import { mistakesOf } from './mistakes/index.ts';
import type { Evidence, Mistake } from './mistakes/mistake.ts';
import { byPlausibility } from './plausibility.ts';
import { type Reach, reachOf } from './reach.ts';
import { closer, type Trial, tryRules } from './trial.ts';

/** An explanation and the program that it stands for. */
export interface Diagnosed {
  readonly explanation: Explanation;
  readonly rules: Rules;
  /** Relative differences up to this are rounding in that program. */
  readonly tolerance: number;
}

/** What was found about a quantity that differs, and how much was tried. */
export interface Diagnosis {
  readonly diagnosed: readonly Diagnosed[];
  readonly tried: number;
  /** Whether some possibilities were left out because they would take too long. */
  readonly cutShort: boolean;
}

/** One mistake, or two at once, and how its program agrees with the recording. */
interface Candidate {
  readonly mistakes: readonly Mistake[];
  readonly rules: Rules;
  readonly tolerance: number;
  readonly trial: Trial;
}

/** A program, a recording, and the first quantity that does not follow. */
interface Problem {
  readonly run: Followed;
  readonly evidence: Evidence;
  readonly target: At;
  readonly reach: Reach;
  readonly effort: Effort;
}

/** The most mistakes that are tried together, one after the other. */
const mostInChain = 3;
/** The most ways to continue from one of them. */
const mostBranches = 4;
/** Digits that have to speak for a mistake: among millions of random possibilities none has that many by chance. */
const enoughDigits = 8;

/**
 * Explains a quantity that differs by trying every mistake on the numbers themselves. A mistake counts if the program that
 * makes it, following the recording, gives that quantity, nothing wrong that is right without it, and either everything else
 * or what one or two more mistakes explain. Otherwise what is left has to be untouched by it.
 *
 * Returns all that agree with the recording equally well; those that say only how numbers are related, if no other does; two
 * at once if no single one does.
 */
export function diagnose(run: Followed, target: At, effort: Effort): Diagnosis {
  const problem = problemOf(run, target, effort);
  const before = effort.tried;
  const found = search(problem, mostInChain);
  return {
    diagnosed: found.map((candidate) => diagnosedOf(candidate, run.rules)),
    tried: effort.tried - before,
    cutShort: effort.cutShort,
  };
}

function search(problem: Problem, depth: number): readonly Candidate[] {
  const mistakes = mistakesOf(problem.run.exercise, problem.evidence);
  const candidates = mistakes.flatMap((mistake) => tryMistakes(problem, [mistake]) ?? []);
  const complete = completeOf(candidates);
  if (complete.length > 0) return complete;
  const holding = candidates.filter(({ mistakes: [{ whole }], trial }) => trial.holds && whole !== true);
  const chained = depth > 1 ? firstOfChain(problem, holding, depth) : [];
  if (chained.length > 0) return chained;
  const two = depth === mostInChain ? pairs(problem, candidates, mistakes) : [];
  if (two.length > 0) return two;
  // The rest is a mistake that nobody knows: only what explains most counts, and only if it does not touch the rest.
  const least = Math.min(...holding.map(({ trial }) => trial.left.length));
  const best = holding.filter(({ trial }) => trial.left.length === least);
  return preferred(best.filter(({ trial }) => trial.untouched === trial.left.length));
}

/** Those that leave nothing wrong. */
const completeOf = (candidates: readonly Candidate[]): readonly Candidate[] =>
  preferred(candidates.filter(({ trial }) => trial.holds && trial.left.length === 0));

/** The most plausible first; without those that say only how numbers are related, if there are others. */
function preferred(candidates: readonly Candidate[]): readonly Candidate[] {
  const specific = candidates.filter((candidate) => !isGeneric(candidate));
  return byPlausibility(specific.length > 0 ? specific : candidates);
}

const isGeneric = ({ mistakes }: Candidate): boolean => mistakes.some(({ generic }) => generic === true);

function tryMistakes(problem: Problem, mistakes: readonly Mistake[]): Candidate | null {
  const { run, target, reach, effort } = problem;
  const rules = mistakes.reduce((program, mistake) => mistake.rules(program), run.rules);
  const known = reach.knownFor(rules);
  if (known === null) return null;
  if (!effort.allows()) return null;
  const tolerance = Math.max(run.tolerance, ...mistakes.map((mistake) => mistake.tolerance ?? 0));
  // Rounding in another type of numbers hides how much closer a mistake comes.
  const isRounded = mistakes.some((mistake) => mistake.tolerance !== undefined);
  const closeness = isRounded ? Infinity : closer;
  const found = tryRules(run, rules, target, tolerance, known, effort.costs, closeness);
  effort.spend(found.work);
  const parameters = mistakes.reduce((sum, { fitted = 0 }) => sum + fitted, 0);
  const isEnough =
    isRounded || (found.numbers > parameters && found.digits >= enoughDigits * mistakes.length);
  return { mistakes, rules, tolerance, trial: { ...found, holds: found.holds && isEnough } };
}

/** Those whose rest is explained completely by one or two more mistakes. */
function firstOfChain(problem: Problem, holding: readonly Candidate[], depth: number): readonly Candidate[] {
  const partial = holding.filter(({ trial }) => trial.left.length > 0);
  const kinds: Candidate[][] = [];
  for (const candidate of partial) {
    const same = kinds.find(([first]) => areEqual(first, candidate));
    if (same === undefined) kinds.push([candidate]);
    else same.push(candidate);
  }
  const order = kinds.map(preferred).toSorted(([a], [b]) => a.trial.left.length - b.trial.left.length);
  for (const kind of order.slice(0, mostBranches)) {
    if (completes(problem, kind[0], depth)) return kind;
  }
  return [];
}

/** Whether the first of a chain leads to a program that gives everything. */
function completes(problem: Problem, first: Candidate, depth: number): boolean {
  if (first.trial.left.length === 0) return true;
  if (depth <= 1) return false;
  const next = nextProblem(problem, first);
  if (next === null) return true;
  const found = search(next, depth - 1);
  return found.length > 0 && completes(next, found[0], depth - 1);
}

/** Whether two mistakes leave the same wrong, by the same numbers. */
function areEqual({ trial: a, tolerance }: Candidate, { trial: b }: Candidate): boolean {
  const isSame = (one: NumberArray | null, other: NumberArray | null) =>
    one === null || other === null ? one === other : differenceOf(one, other) <= tolerance;
  return (
    a.left.length === b.left.length &&
    a.left.every((key, i) => key === b.left[i]) &&
    isSame(a.firstLeft, b.firstLeft)
  );
}

/** What is wrong first under a program; null if nothing is. */
function nextProblem(
  { run: { exercise, recorded }, effort }: Problem,
  { rules, tolerance }: Candidate,
): Problem | null {
  const run = followed(exercise, rules, recorded, tolerance);
  const [first] = run.wrong.values();
  return first === undefined ? null : problemOf(run, first, effort);
}

function problemOf(run: Followed, target: At, effort: Effort): Problem {
  const reach = reachOf(run, target);
  const evidence = {
    ...evidenceOf(run, target),
    expectedOf: (rules: Rules) => expectedOf(run, rules, target, reach, effort),
  };
  return { run, target, evidence, reach, effort };
}

/** What a program that follows the recording expects of a quantity. */
function expectedOf(
  run: Followed,
  rules: Rules,
  target: At,
  reach: Reach,
  effort: Effort,
): NumberArray | null {
  const known = reach.knownFor(rules);
  if (known === null || !effort.allows()) return null;
  let work = 0;
  const count = (place: number): void => {
    work += effort.costs[place];
  };
  const found = expectedAt(run, rules, target, known, count);
  effort.spend(work);
  return found;
}

/** What differs, and the step up to there. */
function evidenceOf(run: Followed, { step: k, index }: At) {
  const { exercise, rules, recorded } = run;
  let found: Omit<Evidence, 'expectedOf'> | null = null;
  const compare: Parameters<typeof follow>[3] = (ours, theirs, place, step) => {
    if (step.step !== k || place !== index) return true;
    found = { batch: batchesOf(exercise)[k], place: placesOf(exercise)[index], index, ours, theirs, step };
    return false;
  };
  follow(exercise, rules, recorded, compare, run.remembers ? undefined : { ...run, changed: [] });
  return found!;
}

/**
 * Two mistakes at once that only together give the quantity in question, and everything after it. Of mistakes that give the
 * same wrong quantity alone, one is combined with those of others first.
 */
function pairs(
  problem: Problem,
  whole: readonly Candidate[],
  mistakes: readonly Mistake[],
): readonly Candidate[] {
  const {
    run: { tolerance },
    evidence,
    effort,
  } = problem;
  // Where not even every single mistake could be tried, the network is too large for pairs.
  if (effort.cutShort) return [];
  effort.startPairs();
  const kinds: { expected: NumberArray; members: Mistake[] }[] = [];
  // By a weighted sum, so that few arrays are compared.
  const alike = new Map<string, typeof kinds>();
  for (const {
    mistakes: [mistake],
    trial,
  } of whole) {
    const { expected } = trial;
    if (expected === null || mistake.fitted !== undefined) continue;
    if (differenceOf(evidence.ours, expected) <= tolerance) continue;
    const key = expected.values.reduce((sum, value, i) => sum + (i + 1) * value, 0).toPrecision(8);
    const like = alike.get(key) ?? [];
    alike.set(key, like);
    const same = like.find((kind) => differenceOf(kind.expected, expected) <= tolerance);
    if (same === undefined) {
      const kind = { expected, members: [mistake] };
      kinds.push(kind);
      like.push(kind);
    } else same.members.push(mistake);
  }
  const rank = new Map(mistakes.map((mistake, i) => [mistake, i]));
  const found: Candidate[] = [];
  // The most usual first, in the order of the tables.
  const order = kinds
    .flatMap((_, i) => kinds.slice(i).map((_, j) => [i, i + j]))
    .toSorted((a, b) => a[0] + a[1] - b[0] - b[1]);
  for (const [i, j] of order) {
    const [one, other] = [kinds[i], kinds[j]];
    if (found.length > 0 || !effort.allows()) break;
    const first = tryMistakes(problem, [one.members[0], other.members.at(-1)!]);
    if (first === null || !first.trial.holds) continue;
    for (const a of one.members)
      for (const b of other.members) {
        if (a === b) continue;
        const both = [a, b].toSorted((x, y) => rank.get(x)! - rank.get(y)!);
        const tried = tryMistakes(problem, both);
        if (tried?.trial.holds === true && tried.trial.left.length === 0) found.push(tried);
      }
  }
  return preferred(found);
}

function diagnosedOf({ mistakes, rules, tolerance, trial }: Candidate, base: Rules): Diagnosed {
  return {
    rules,
    tolerance,
    explanation: {
      ids: mistakes.map(({ id }) => id),
      title: mistakes.map(({ title }) => title).join('; and '),
      explain: mistakes.map(({ explain }) => explain).join(' '),
      fix: mistakes.map(({ fix }) => fix).join(' '),
      changes: (Object.keys(rules) as (keyof Rules)[]).filter((rule) => rules[rule] !== base[rule]),
      digits: digitsOf(trial.difference),
      reproduced: trial.reproduced,
      of: trial.of,
      numbers: trial.numbers,
    },
  };
}
