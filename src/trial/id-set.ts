import { hashOfId, idOfHash } from './id.ts';

/**
 * A set of trial ids, numbered from 0 in the order of insertion. An id takes about 50 bytes, a
 * third of its share of a Set of strings, since a grid may have a million ids.
 */
export interface IdSet {
  readonly size: number;
  /** Adds an id if it is new, and returns its number. Errors: a text that is not an id. */
  add(id: string): number;
  /** The number of an id, or -1. */
  indexOf(id: string): number;
  has(id: string): boolean;
  /** The id with this number. */
  at(index: number): string;
  [Symbol.iterator](): Iterator<string>;
}

const bytesOfId = 32;
const wordsOfId = bytesOfId / 4;

/** A hash table with linear probing, at most half full. Ids are hashes already, so they spread evenly. */
export function createIdSet(ids: Iterable<string> = []): IdSet {
  let size = 0;
  let bytes = Buffer.alloc(64 * bytesOfId);
  let words = wordsIn(bytes);
  /** 1 + the number of the id in each slot; 0 for an empty slot. */
  let slots = new Uint32Array(128);
  const wanted = Buffer.alloc(bytesOfId);
  const wantedWords = wordsIn(wanted);

  /** The slot of the id in `wanted`, or the empty slot where it would go. */
  const slotOfWanted = (): number => {
    const mask = slots.length - 1;
    let slot = wantedWords[0] & mask;
    while (slots[slot] !== 0 && !isWanted(slots[slot] - 1)) slot = (slot + 1) & mask;
    return slot;
  };
  const isWanted = (index: number): boolean => {
    for (let word = 0; word < wordsOfId; word++) {
      if (words[index * wordsOfId + word] !== wantedWords[word]) return false;
    }
    return true;
  };
  const grow = (): void => {
    const larger = Buffer.alloc(2 * bytes.length);
    bytes.copy(larger);
    bytes = larger;
    words = wordsIn(bytes);
    slots = new Uint32Array(2 * slots.length);
    const mask = slots.length - 1;
    for (let index = 0; index < size; index++) {
      let slot = words[index * wordsOfId] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
  };
  const want = (id: string): boolean =>
    id.length === 1 + 2 * bytesOfId && id[0] === 't' && wanted.write(hashOfId(id), 'hex') === bytesOfId;

  const indexOf = (id: string): number => (want(id) ? slots[slotOfWanted()] - 1 : -1);
  const at = (index: number): string =>
    idOfHash(bytes.toString('hex', index * bytesOfId, (index + 1) * bytesOfId));
  const add = (id: string): number => {
    if (!want(id)) throw new Error(`${JSON.stringify(id)} is not a trial id`);
    let slot = slotOfWanted();
    if (slots[slot] !== 0) return slots[slot] - 1;
    if (2 * (size + 1) > slots.length) {
      grow();
      slot = slotOfWanted();
    }
    words.set(wantedWords, size * wordsOfId);
    slots[slot] = ++size;
    return size - 1;
  };
  for (const id of ids) add(id);
  return {
    get size() {
      return size;
    },
    add,
    indexOf,
    has: (id) => indexOf(id) >= 0,
    at,
    *[Symbol.iterator]() {
      for (let index = 0; index < size; index++) yield at(index);
    },
  };
}

function wordsIn(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
