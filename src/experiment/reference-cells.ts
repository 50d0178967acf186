import { UserError } from '../errors.ts';
import { type ReferenceName, references } from '../references/index.ts';
import type { SklearnVersions } from '../references/sklearn.ts';
import type { TfjsVersions } from '../references/tensorflow.ts';
import type { ReferenceConfig, SgdConfig, TrialConfig } from '../trial/trial.ts';
import type { Experiment } from './define.ts';
import type { SettingLists, Settings } from './options.ts';

/** A reference that was asked for and is not there: its cells are left out of the plan. */
export interface AbsentReference {
  readonly name: ReferenceName;
  /** Sentences for the user. */
  readonly note: string;
}

export interface FoundReferences {
  readonly versions: ReadonlyMap<string, TfjsVersions | SklearnVersions>;
  readonly absent: readonly AbsentReference[];
}

/** A reference stands beside ours: `--reference tfjs` means none,tfjs. Errors: one that the experiment does not have. */
export function besideOurs({ name, reference }: Experiment, lists: SettingLists): SettingLists {
  const asked = (lists.reference ?? []).filter((value) => value !== 'none');
  if (asked.length === 0) return lists;
  const unknown = asked.find((value) => value !== reference);
  if (unknown === undefined) return { ...lists, reference: ['none', ...asked] };
  throw new UserError({
    what: `${name} has no reference of that name`,
    expected: reference === null ? 'no --reference' : `--reference ${reference}`,
    received: unknown,
    remedy: 'leave it out, or see --help',
  });
}

/** Looks for the libraries that were asked for. */
export async function findReferences({ reference = [] }: SettingLists): Promise<FoundReferences> {
  const versions = new Map<string, TfjsVersions | SklearnVersions>();
  const absent: AbsentReference[] = [];
  for (const name of reference as ('none' | ReferenceName)[]) {
    if (name === 'none') continue;
    const { title, find } = references[name];
    const found = await find();
    if ('versions' in found) versions.set(name, found.versions);
    else {
      const { reason, remedy } = found.absent;
      absent.push({ name, note: `${title} is not there (${reason}). ${remedy}. Its numbers are not run.` });
    }
  }
  return { versions, absent };
}

/** null for what a reference does not read: TensorFlow.js has one float type, scikit-learn's models are the report's. */
export function readByReference(settings: Settings): Settings {
  if (settings.reference === 'tfjs') return { ...settings, dtype: null };
  if (settings.reference === 'sklearn') return { ...settings, solver: null, lambda: null };
  return settings;
}

/** The report's settings of scikit-learn; of TensorFlow.js those of our own training. */
export function referenceModel(
  sgdModel: () => SgdConfig,
  { reference }: Settings,
  { trainRows }: TrialConfig['split'],
  dataset: Experiment['dataset'],
  found: FoundReferences,
): ReferenceConfig {
  const versions = found.versions.get(reference as string)!;
  if ('backend' in versions) {
    const { dtype: _dtype, ...model } = sgdModel();
    return { ...model, solver: 'reference', reference: 'tfjs', method: 'layers-sgd', ...versions };
  }
  const sklearn = { solver: 'reference', reference: 'sklearn', ...versions } as const;
  if (dataset === 'mnist') {
    const parameters = { solver: 'lbfgs', C: 1, max_iter: 100, tol: 1e-4 } as const;
    return { ...sklearn, method: 'LogisticRegression', parameters };
  }
  const rate = { learning_rate: 'invscaling', eta0: 0.1, power_t: 0.25 } as const;
  const parameters = { alpha: 0, fit_intercept: false, ...rate };
  return { ...sklearn, method: 'SGDRegressor', parameters, partialFits: 100, batchSize: trainRows };
}
