/** What the name of an array says that it holds. */
interface Role {
  readonly kind: 'inputs' | 'target';
  /** Null for rows that are not divided. */
  readonly part: 'train' | 'test' | 'validation' | null;
}

/** Inputs and targets among named arrays, each a list of the parts whose rows follow one another. */
export interface Roles {
  readonly inputs: readonly string[];
  readonly target: readonly string[];
  /** Whether the first part is for training and the second one for testing. */
  readonly isSplit: boolean;
}

const kinds = {
  inputs: ['x', 'data', 'features', 'inputs', 'images'],
  target: ['y', 'target', 'targets', 'label', 'labels'],
} as const;
const parts = {
  train: ['train', 'training'],
  test: ['test', 'testing'],
  validation: ['val', 'valid', 'validation'],
} as const;

/**
 * Finds inputs and targets by the names of arrays, in any case: X and y, data and target, images and labels; or those for
 * training and testing: x_train and y_train, test_images and test_labels. Null if there are none, or several.
 */
export function rolesOf(names: readonly string[]): Roles | null {
  const roles = names.map((name) => ({ name, role: roleOf(name) }));
  const pair = (part: Role['part']) => {
    const [inputs, target] = (['inputs', 'target'] as const).map((kind) =>
      roles.filter(({ role }) => role?.kind === kind && role.part === part).map(({ name }) => name),
    );
    return inputs.length === 1 && target.length === 1 ? [inputs[0], target[0]] : null;
  };
  const [train, test, all] = [pair('train'), pair('test'), pair(null)];
  const chosen = train === null ? (all === null ? [] : [all]) : test === null ? [train] : [train, test];
  if (chosen.length === 0) return null;
  const [inputs, target] = [0, 1].map((place) => chosen.map((one) => one[place]));
  return { inputs, target, isSplit: chosen.length === 2 };
}

function roleOf(name: string): Role | null {
  const words = name
    .toLowerCase()
    .split('_')
    .filter((word) => word !== '');
  if (words.length > 2) return null;
  const kind = words.map((word) => keyOf(kinds, word)).find((found) => found !== null);
  const part = words.map((word) => keyOf(parts, word)).find((found) => found !== null);
  if (kind === undefined || (words.length === 2 && part === undefined)) return null;
  return { kind, part: part ?? null };
}

function keyOf<Key extends string>(
  table: Readonly<Record<Key, readonly string[]>>,
  word: string,
): Key | null {
  return (Object.keys(table) as Key[]).find((key) => table[key].includes(word)) ?? null;
}
