import { type Lease, openLease } from '../store/leases.ts';
import { openStore } from '../store/store.ts';
import { onInterrupt } from './interrupt.ts';

/**
 * Does something while no other process may repair or tidy up the store, and gives it free, also when interrupted.
 * Errors: a store that is not for this version.
 */
export async function holdStore<T>(directory: string, action: (lease: Lease) => Promise<T>): Promise<T> {
  // Before anything is written into it.
  await openStore(directory, []);
  const lease = await openLease(directory).catch(unavailable);
  const forget = onInterrupt(() => lease.end());
  try {
    return await action(lease);
  } finally {
    forget();
    await lease.end();
  }
}

/** A store that cannot be written can still be read; who has to compute hears why that is not possible. */
const unavailable = (error: unknown): Lease => ({ claim: () => Promise.reject(error), end: async () => {} });
