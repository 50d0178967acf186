import type { TrialRecord } from '../trial/trial.ts';
import { type Cursor, type Fits, fillInto, fitsOf, templateOf } from './template.ts';

/** A record without its id and config, as numbers and a template (template.ts) that records of a grid share. */
export interface PackedRecord {
  readonly template: string;
  /** The last one is the time `at`, in milliseconds. */
  readonly numbers: ArrayLike<number>;
}

/** So many templates are tried before one is made. */
const mostTried = 8;

/** Returns the function that packs a record; null if unpacking would not give what its line in a journal says. */
export function createPacker(): (record: TrialRecord) => PackedRecord | null {
  const tried: { readonly template: string; readonly fits: Fits }[] = [];
  return ({ id: _, config: __, at, ...rest }) => {
    const time = Date.parse(at);
    if (Number.isNaN(time) || new Date(time).toISOString() !== at) return null;
    for (const { template, fits } of tried) {
      const numbers: number[] = [];
      if (fits(rest, numbers)) return { template, numbers: [...numbers, time] };
    }
    const numbers: number[] = [];
    const template = templateOf(rest, numbers);
    if (template === null) return null;
    if (tried.length < mostTried) tried.push({ template, fits: fitsOf(JSON.parse(template)) });
    return { template, numbers: [...numbers, time] };
  };
}

/** Packed records in few arrays, as threads send them. */
export interface PackedBatch {
  readonly templates: readonly string[];
  /** For each record the place of its template; -1 if the record is not packed. */
  readonly kinds: readonly number[];
  /** How many of the numbers each record has. */
  readonly counts: readonly number[];
  readonly numbers: Float64Array;
}

/** Packs records one by one. */
export interface BatchPacker {
  add(record: TrialRecord): void;
  /** What was added since the last call. */
  take(): PackedBatch;
}

export function createBatchPacker(): BatchPacker {
  const pack = createPacker();
  let [templates, kinds, counts]: [string[], number[], number[]] = [[], [], []];
  // Not in the engine's heap, where numbers of each record would be moved again and again until the batch is complete.
  let numbers = new Float64Array(1024);
  let used = 0;
  return {
    add(record) {
      const packed = pack(record);
      const end = used + (packed?.numbers.length ?? 0);
      if (end > numbers.length) numbers = longer(numbers, new Float64Array(2 * end));
      if (packed !== null) numbers.set(packed.numbers, used);
      const known = packed === null ? -1 : templates.indexOf(packed.template);
      kinds.push(packed === null || known >= 0 ? known : templates.push(packed.template) - 1);
      counts.push(end - used);
      used = end;
    },
    take() {
      const batch = { templates, kinds, counts, numbers: numbers.slice(0, used) };
      [templates, kinds, counts, used] = [[], [], [], 0];
      return batch;
    },
  };
}

/** The records of a batch; null for one that is not packed. */
export function unpackBatch({ templates, kinds, counts, numbers }: PackedBatch): (PackedRecord | null)[] {
  let end = 0;
  return kinds.map((kind, index) => {
    end += counts[index];
    if (kind < 0) return null;
    return { template: templates[kind], numbers: numbers.subarray(end - counts[index], end) };
  });
}

/** Packed records by number, as many as fit into a bounded memory. */
export interface PackedRecords {
  /** Keeps a record, unless the memory is full or it is not packed. */
  set(number: number, packed: PackedRecord | null): void;
  has(number: number): boolean;
  /** Adds the fields of a record that is kept to a part of one, which has its id and config. */
  complete(record: Pick<TrialRecord, 'id' | 'config'>, number: number): TrialRecord;
  clear(): void;
}

/** As many as about 200,000 records of trainings of 1 epoch have. */
const mostNumbers = 2 ** 22;
const mostTemplates = 256;
/** Numbers are kept in pieces of this length, as a longer copy of all would need twice the memory for a while. */
const pieceLength = 2 ** 16;

export function createPackedRecords(): PackedRecords {
  let pieces: Float64Array[] = [];
  let [piece, used, total] = [new Float64Array(0), 0, 0];
  /** By the number of the record: 1 + the number of its piece, or 0; where its numbers begin there; and the number of its template. */
  let places = new Uint16Array(0);
  let begins = new Uint32Array(0);
  let kinds = new Uint8Array(0);
  const templates = new Map<string, number>();
  const fills: ReturnType<typeof fillInto>[] = [];
  /** The number of a template; -1 if there are too many. */
  const kindOf = (template: string): number => {
    const known = templates.get(template);
    if (known !== undefined || templates.size === mostTemplates) return known ?? -1;
    templates.set(template, templates.size);
    return fills.push(fillInto(JSON.parse(template))) - 1;
  };
  return {
    set(number, packed) {
      if (packed === null || total + packed.numbers.length > mostNumbers) return;
      const { length } = packed.numbers;
      const kind = kindOf(packed.template);
      if (kind < 0) return;
      if (used + length > piece.length) {
        piece = new Float64Array(Math.max(length, Math.min(pieceLength, 1024 * 2 ** pieces.length)));
        pieces.push(piece);
        used = 0;
      }
      if (number >= begins.length) {
        const most = 2 * number + 1024;
        places = longer(places, new Uint16Array(most));
        begins = longer(begins, new Uint32Array(most));
        kinds = longer(kinds, new Uint8Array(most));
      }
      piece.set(packed.numbers, used);
      places[number] = pieces.length;
      begins[number] = used;
      kinds[number] = kind;
      used += length;
      total += length;
    },
    has: (number) => number < places.length && places[number] > 0,
    complete(record, number) {
      const cursor: Cursor = { numbers: pieces[places[number] - 1], at: begins[number] };
      fills[kinds[number]](cursor, record);
      return Object.assign(record, { at: new Date(cursor.numbers[cursor.at]).toISOString() }) as TrialRecord;
    },
    clear() {
      [pieces, piece, used, total] = [[], new Float64Array(0), 0, 0];
      places.fill(0);
    },
  };
}

function longer<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(values: T, into: T): T {
  into.set(values);
  return into;
}
