import { UserError } from '../errors.ts';

/** What gets a class: every label from 0 to the largest, at least 10 of them; or only the labels that occur, in order. */
export const classChoices = ['at-least-10', 'occurring'] as const;
export type ClassChoice = (typeof classChoices)[number];

const leastClasses = 10;
/** More classes have no confusion matrix that anyone reads, and one that fills the memory. */
export const mostClasses = 1000;

/** The classes of labels: `targets` [rows] are places in `labels`, which says what each class is in the files. */
export interface LabelledClasses {
  readonly targets: Uint8Array | Uint16Array;
  readonly labels: readonly number[];
  /** The classes that occur. */
  readonly occurring: readonly number[];
}

/** Gives each label its class. Errors: more classes than 1000. */
export function classesOf(rowLabels: Uint8Array | Uint16Array, choice: ClassChoice): LabelledClasses {
  const seen = new Set<number>(rowLabels);
  const occurring = [...seen].sort((a, b) => a - b);
  const largest = occurring[occurring.length - 1];
  if (choice === 'occurring') {
    checkCount(occurring.length, choice);
    const places = new Map(occurring.map((label, place) => [label, place]));
    const isSame = largest === occurring.length - 1;
    const targets = isSame ? rowLabels : rowLabels.map((label) => places.get(label)!);
    return { targets, labels: occurring, occurring: occurring.map((_, place) => place) };
  }
  const classes = Math.max(leastClasses, largest + 1);
  checkCount(classes, choice);
  return { targets: rowLabels, labels: Array.from({ length: classes }, (_, label) => label), occurring };
}

/** Whether both choices give the same classes, so that a config need not say which one was made. */
export function isUsual(labels: readonly number[]): boolean {
  return labels.length >= leastClasses && labels[labels.length - 1] === labels.length - 1;
}

function checkCount(classes: number, choice: ClassChoice): void {
  if (classes <= mostClasses) return;
  throw new UserError({
    what:
      choice === 'occurring'
        ? `the images have ${classes} different labels`
        : `the largest label of the images is ${classes - 1}, which makes ${classes} classes from 0 upwards`,
    expected: `at most ${mostClasses} classes`,
    remedy:
      choice === 'occurring'
        ? 'see whether the labels are classes'
        : 'use {classes} occurring: only labels that occur count',
  });
}
