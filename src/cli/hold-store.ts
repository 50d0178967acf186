import { type Lease, openLease } from '../store/leases.ts';
import { openStore, type Store } from '../store/store.ts';
import { onInterrupt } from './interrupt.ts';

/**
 * Runs an action while no other process may repair or tidy up the store. The store is released afterwards, also after an
 * interrupt. Errors: a store of a newer version, unless `open` does not read it.
 */
export async function holdStore<T>(
  directory: string,
  action: (lease: Lease) => Promise<T>,
  open: () => Promise<Store> = () => openStore(directory, []),
): Promise<T> {
  // Opened first, so that a store of a newer version is refused before anything is written to it.
  await open();
  const lease = await openLease(directory).catch(readOnlyLease);
  const unregister = onInterrupt(() => lease.end());
  try {
    return await action(lease);
  } finally {
    unregister();
    await lease.end();
  }
}

/** A lease on a store that cannot be written: reading works, and claiming trials fails with the reason. */
const readOnlyLease = (error: unknown): Lease => ({
  name: '',
  claim: () => Promise.reject(error),
  living: async () => new Set(),
  hold: () => Promise.reject(error),
  end: async () => {},
});
