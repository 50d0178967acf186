// What an event simulation is made of: a clock of events, servers with queues, random numbers with a seed.

/** Events in the order of their times; of equal times, in the order in which they were added. */
export function createAgenda() {
  const heap = [];
  let added = 0;
  const isBefore = (a, b) => a.time < b.time || (a.time === b.time && a.number < b.number);
  return {
    add(time, run) {
      const event = { time, run, number: added++ };
      let place = heap.length;
      for (; place > 0; ) {
        const parent = (place - 1) >> 1;
        if (!isBefore(event, heap[parent])) break;
        heap[place] = heap[parent];
        place = parent;
      }
      heap[place] = event;
    },
    /** Runs all events, also those that they add. Returns the time of the last one. */
    run() {
      let now = 0;
      while (heap.length > 0) {
        const event = heap[0];
        const last = heap.pop();
        if (heap.length > 0) {
          let place = 0;
          for (;;) {
            let least = 2 * place + 1;
            if (least >= heap.length) break;
            if (least + 1 < heap.length && isBefore(heap[least + 1], heap[least])) least++;
            if (!isBefore(heap[least], last)) break;
            heap[place] = heap[least];
            place = least;
          }
          heap[place] = last;
        }
        now = event.time;
        event.run(now);
      }
      return now;
    },
  };
}

/**
 * `servers` equal servers with one queue: first come, first served. Customers must come in the order of time, as the events
 * of an agenda do.
 */
export function createStation(servers = 1) {
  const free = new Float64Array(servers);
  let busy = 0;
  return {
    /** When a customer that comes now has been served for `seconds`. */
    serve(now, seconds) {
      let first = 0;
      for (let server = 1; server < servers; server++) if (free[server] < free[first]) first = server;
      free[first] = Math.max(now, free[first]) + seconds;
      busy += seconds;
      return free[first];
    },
    /** The seconds that the servers have worked, or will have. */
    busy: () => busy,
  };
}

/** A lock that one customer holds at a time, in the order of coming. */
export function createLock() {
  const waiting = [];
  let held = false;
  let since = 0;
  let busy = 0;
  const grant = (now, take) => {
    held = true;
    since = now;
    take(now);
  };
  return {
    /** Calls `take` with the time at which the lock is the customer's. */
    acquire(now, take) {
      if (held) waiting.push(take);
      else grant(now, take);
    },
    release(now) {
      busy += now - since;
      held = false;
      const next = waiting.shift();
      if (next !== undefined) grant(now, next);
    },
    busy: () => busy,
  };
}

/** Random numbers from a seed: the same on every machine. */
export function createRandom(seed) {
  let state = seed >>> 0;
  /** In (0, 1): mulberry32. */
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return {
    uniform,
    exponential: (mean) => -mean * Math.log(uniform()),
    /** Log-normal with this mean and coefficient of variation (standard deviation / mean). */
    logNormal(mean, variation) {
      if (variation === 0) return mean;
      const variance = Math.log(1 + variation * variation);
      return mean * Math.exp(Math.sqrt(variance) * normal() - variance / 2);
    },
  };
}
