import type { ReferenceName } from '../../references/index.ts';
import type { Task } from '../../stats/metrics.ts';
import { closedForm } from './closed-form.ts';
import { coordinateDescent } from './coordinate-descent.ts';
import { lbfgs } from './lbfgs.ts';
import { sgd } from './sgd.ts';
import { logisticRegression, sgdRegressor } from './sklearn.ts';
import { sklearnLasso, sklearnRidge } from './sklearn-linear.ts';
import { sklearnLogistic } from './sklearn-logistic.ts';
import { sklearnMlp } from './sklearn-mlp.ts';
import type { Solver } from './solver.ts';
import { tfjs } from './tfjs.ts';
import { torch } from './torch.ts';

/** Every solver, by the `solver` of a trial's config. A new one needs its own file and one line here. */
export const solvers = {
  sgd,
  lbfgs,
  'closed-form': closedForm,
  'coordinate-descent': coordinateDescent,
  tfjs,
  torch,
  SGDRegressor: sgdRegressor,
  LogisticRegression: logisticRegression,
  'sklearn-ridge': sklearnRidge,
  'sklearn-lasso': sklearnLasso,
  'sklearn-mlp': sklearnMlp,
  'sklearn-logistic': sklearnLogistic,
};

type SolverKey = keyof typeof solvers;

/** The part of a trial's config that describes the model and how it is fitted. */
export type ModelConfig = { [Key in SolverKey]: ReturnType<(typeof solvers)[Key]['config']> }[SolverKey];

/** The names that the option `solver` offers: this program's own solvers. */
export type SolverName = {
  [Key in SolverKey]: (typeof solvers)[Key]['reference'] extends null ? Key : never;
}[SolverKey];
export const solverNames = (Object.keys(solvers) as SolverKey[]).filter(
  (name) => solvers[name].reference === null,
) as SolverName[];

/** The entry of a solver. TypeScript cannot tell that a model belongs to the solver of that name. */
export function solverEntry(name: ModelConfig['solver']): Solver<ModelConfig> {
  return solvers[name] as unknown as Solver<ModelConfig>;
}

/** The solver with which a reference fits models of a task. TensorFlow.js and PyTorch train models of every task. */
export function referenceSolver(reference: ReferenceName, task: Task): SolverKey {
  const found = (Object.keys(solvers) as SolverKey[]).filter((name) => solvers[name].reference === reference);
  return found.find((name) => solverEntry(name).fits({ task, settings: {} })) ?? found[0];
}

/** The names of options that some solvers do not read. */
export const modelOptions: ReadonlySet<string> = new Set(
  Object.values(solvers).flatMap(({ reads }) => reads as readonly string[]),
);
