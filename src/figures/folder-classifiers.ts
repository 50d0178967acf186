import { averageName, predictedClass } from '../output/classifier-tables.ts';
import type { WrittenFiles } from '../output/earlier-run.ts';
import { integer } from '../parsing/option.ts';
import type { CalibrationBin } from '../stats/calibration.ts';
import type { ClassifierSummary, ClassNumbers } from '../stats/classifier-summary.ts';
import { type Average, averageNames } from '../stats/confusion.ts';
import type { UnitPoint } from '../stats/ranking.ts';
import { damagedResults } from './folder-errors.ts';
import { numberOf, parseCell, type Row, readTable } from './folder-table.ts';

/** What the tables of one trial say so far. */
interface Draft {
  readonly confusion: number[][];
  readonly byClass: ClassNumbers[];
  readonly averages: Partial<Record<Average, ClassNumbers>>;
  readonly roc: Map<number, UnitPoint[]>;
  readonly gains: Map<number, UnitPoint[]>;
  readonly calibration: Map<number, CalibrationBin[]>;
  readonly ofPredicted: CalibrationBin[];
}

const counts = integer('count', 0, Number.MAX_SAFE_INTEGER);

/**
 * Reads the classifiers of some trials, by the ids in the tables, from the files of a run. Errors: as for its other tables,
 * and a trial of which rows are missing.
 */
export async function readClassifiers(
  folder: string,
  wanted: ReadonlySet<string>,
  check: (row: Row, file: string) => void,
  written: WrittenFiles,
): Promise<ReadonlyMap<string, ClassifierSummary>> {
  const drafts = new Map<string, Draft>();
  for (const [name, { columns, add }] of Object.entries(readers)) {
    const file = `${name}.csv`;
    await readTable(folder, file, { columns: ['trial', ...columns] }, written, (row) => {
      check(row, file);
      const id = row.cell('trial');
      if (!wanted.has(id)) return;
      if (!drafts.has(id)) drafts.set(id, emptyDraft());
      add(drafts.get(id)!, row);
    });
  }
  return new Map([...drafts].map(([id, draft]) => [id, summaryOf(draft, folder, id)]));
}

function emptyDraft(): Draft {
  const [roc, gains, calibration] = [new Map(), new Map(), new Map()];
  return { confusion: [], byClass: [], averages: {}, roc, gains, calibration, ofPredicted: [] };
}

/** What each table adds to a trial. */
const readers: Record<string, { columns: readonly string[]; add: (draft: Draft, row: Row) => void }> = {
  classes: {
    columns: [
      ...['class', 'rows', 'predicted', 'precision', 'recall', 'f1'],
      ...['auc', 'gains_ratio', 'calibration_error', 'brier'],
    ],
    add({ byClass, averages }, row) {
      const average = averageNames.find((name) => averageName(name) === row.cell('class'));
      const numbers = {
        rows: countOf(row, 'rows'),
        predicted: countOf(row, 'predicted'),
        precision: numberOf(row, 'precision'),
        recall: numberOf(row, 'recall'),
        f1: numberOf(row, 'f1'),
        auc: numberOf(row, 'auc'),
        gainsRatio: numberOf(row, 'gains_ratio'),
        calibrationError: numberOf(row, 'calibration_error'),
        brier: numberOf(row, 'brier'),
      };
      if (average === undefined) byClass[classOf(row, 'class')] = numbers;
      else averages[average] = numbers;
    },
  },
  confusion: {
    columns: ['true_class', 'predicted_class', 'count'],
    add({ confusion }, row) {
      const c = classOf(row, 'true_class');
      confusion[c] ??= [];
      confusion[c][classOf(row, 'predicted_class')] = countOf(row, 'count');
    },
  },
  roc: curveReader('roc', 'false_positive_rate', 'true_positive_rate'),
  gains: curveReader('gains', 'share_of_rows', 'share_of_class'),
  calibration: {
    columns: ['class', 'from', 'to', 'rows', 'probability', 'share'],
    add({ calibration, ofPredicted }, row) {
      const bin = {
        from: numberOf(row, 'from')!,
        to: numberOf(row, 'to')!,
        rows: countOf(row, 'rows'),
        probability: numberOf(row, 'probability'),
        share: numberOf(row, 'share'),
      };
      if (row.cell('class') === predictedClass) ofPredicted.push(bin);
      else push(calibration, classOf(row, 'class'), bin);
    },
  },
};

function curveReader(name: 'roc' | 'gains', x: string, y: string) {
  return {
    columns: ['class', x, y],
    add: (draft: Draft, row: Row) =>
      push(draft[name], classOf(row, 'class'), { x: numberOf(row, x)!, y: numberOf(row, y)! }),
  };
}

function push<T>(lists: Map<number, T[]>, c: number, item: T): void {
  if (!lists.has(c)) lists.set(c, []);
  lists.get(c)!.push(item);
}

const classOf = (row: Row, column: string): number => parseCell(row, column, counts.parse) as number;
const countOf = classOf;

function summaryOf(draft: Draft, folder: string, id: string): ClassifierSummary {
  const { byClass, averages, confusion, roc, gains, calibration, ofPredicted } = draft;
  const classes = byClass.length;
  const isWhole =
    classes > 0 &&
    averageNames.every((name) => averages[name] !== undefined) &&
    confusion.length === classes &&
    [...byClass].every((own) => own !== undefined) &&
    [...confusion].every((row) => row?.length === classes && ![...row].includes(undefined as never)) &&
    [...roc.keys()].every((c) => (byClass[c]?.auc ?? null) !== null && gains.has(c)) &&
    ofPredicted.length > 0 &&
    calibration.size === (classes === 2 ? 1 : classes);
  if (!isWhole) throw damagedResults(folder, `rows of trial ${id} are missing in the tables of its classes`);
  const rankings = [...roc].map(([c, points]) => {
    const { auc, gainsRatio } = byClass[c];
    return [c, { roc: points, gains: gains.get(c)!, auc: auc!, gainsRatio: gainsRatio! }] as const;
  });
  return {
    confusion,
    byClass,
    averages: averages as ClassifierSummary['averages'],
    rankings: new Map(rankings),
    calibration,
    ofPredicted,
  };
}
