// What it costs to claim trials in a store that processes share: requests of one claim, made under the store's lock.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeStore } from '../made-store.js';
import { requestsOf, traceCalls } from './trace-calls.js';

const bench = fileURLToPath(new URL('../scale.js', import.meta.url));

/** Requests of a claim alone, and those for each other process and for each journal; null without strace. */
export async function measureClaims() {
  const alone = await requestsOfClaim(0, 1);
  if (alone === null) return null;
  return {
    requests: alone,
    perProcess: ((await requestsOfClaim(40, 1)) - alone) / 40,
    perJournal: ((await requestsOfClaim(0, 101)) - alone) / 100,
  };
}

async function requestsOfClaim(others, journals) {
  const store = mkdtempSync(join(tmpdir(), 'fys-nn-scale-'));
  await makeStore(store, journals, 10);
  const totals = [];
  for (const claims of [1, 6]) {
    const settings = JSON.stringify({ folder: store, others, claims });
    const calls = await traceCalls([bench, '--part', 'claim', '--settings', settings], store);
    if (calls === null) return null;
    const { program: _, ...ofStore } = calls;
    totals.push(Object.values(ofStore).reduce((sum, part) => sum + requestsOf(part), 0));
  }
  rmSync(store, { recursive: true });
  return (totals[1] - totals[0]) / 5;
}
