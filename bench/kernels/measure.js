// Measures kernel calls, those of the reference and the ceilings, alternately.
import { levelOf } from './ceilings.js';
import { processorSeconds } from './clock.js';

/** A region whose numbers shrink is refilled after this many calls: often enough to avoid denormals, but rarely. */
const restoreEvery = 16;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Compares and measures every call of a workload.
 *
 * Each round measures our kernels, the reference and the ceilings for about `seconds` each, directly after one another.
 * Shares and ratios are medians over the rounds. Errors: a result whose bits differ from the reference's.
 */
export async function measureWorkload({ memory, calls }, { create, ceilings, rounds, seconds }) {
  const { dtype, bytes, fill } = memory;
  const ours = await create.wasm(dtype, bytes);
  const reference = await create.reference(dtype, bytes);
  return calls.map((call) => {
    compareBits(call, memory, ours, reference);
    for (const kernels of [ours, reference]) fill(kernels);
    const runs = [ours, reference].map((kernels) => repeated(call, memory, kernels));
    const counts = runs.map((run) => countFor(run, seconds));
    const bound = boundOf(call, dtype, ceilings[dtype]);
    const measured = Array.from({ length: rounds }, () => {
      const [taken, byReference] = runs.map((run, which) => secondsOf(run, counts[which]) / counts[which]);
      const limits = bound.limits(seconds);
      const { limit, least } = bound.binding(limits);
      return { taken, ratio: byReference / taken, limit, share: least / taken, limits };
    });
    const taken = median(measured.map((round) => round.taken));
    const limit = mostFrequent(measured.map((round) => round.limit));
    return {
      kernel: call.kernel,
      phase: call.phase,
      size: call.size,
      dtype,
      nanoseconds: 1e9 * taken,
      gigaflops: call.operations / taken / 1e9,
      gigabytes: bound.bytes / taken / 1e9,
      level: bound.level,
      limit,
      share: median(measured.map(({ share }) => share)),
      ratio: median(measured.map(({ ratio }) => ratio)),
    };
  });
}

/**
 * The minimum time of a call: the largest of the times for its operations, for its memory traffic and for the call
 * itself.
 */
function boundOf({ operations, read, written, footprint = read + written }, dtype, ceiling) {
  const width = dtype === 'float32' ? 4 : 8;
  const bytes = (read + written) * width;
  const level = levelOf(width * footprint);
  // Mostly reading calls are compared with the read bandwidth, others with the copy bandwidth.
  const bandwidth = 4 * written < read ? 'read' : 'copy';
  return {
    bytes,
    level,
    limits: (seconds) => ({
      multiplyAdd: ceiling.multiplyAdd(seconds / 2),
      bandwidth: ceiling[bandwidth](level, seconds / 2),
      call: secondsOf(emptyCalls(ceiling.nothing), 20000) / 20000,
    }),
    binding: (limits) => {
      const least = {
        'multiply-add': operations / limits.multiplyAdd,
        bandwidth: bytes / limits.bandwidth,
        call: limits.call,
      };
      const limit = Object.keys(least).reduce((a, b) => (least[b] > least[a] ? b : a));
      return { limit, least: least[limit] };
    },
  };
}

function emptyCalls(nothing) {
  let i = 0;
  return repeat(() => nothing(i++, 1, 2, 3, 4, 5));
}

function repeated(call, { fill, region }, kernels) {
  if (!call.restore) return repeat(call.run(kernels));
  const [name, count] = [call.restore, call.leaves[1]];
  fill(kernels);
  const saved = kernels.floats.slice(region[name], region[name] + count);
  const run = call.run(kernels);
  let calls = 0;
  return repeat(() => {
    if (calls++ % restoreEvery === 0) kernels.floats.set(saved, region[name]);
    run();
  });
}

/** Creates a separate loop for each call by generating new code, so that the engine compiles it for that call only. */
function repeat(run) {
  return new Function('run', 'return (count) => { for (let i = 0; i < count; i++) run(); }')(run);
}

function secondsOf(run, count) {
  const started = processorSeconds();
  run(count);
  return processorSeconds() - started;
}

/** The number of calls that take about `seconds`, measured after a warm-up. */
function countFor(run, seconds) {
  const warmUntil = processorSeconds() + seconds;
  let count = 1;
  while (processorSeconds() < warmUntil || secondsOf(run, count) < seconds / 4) {
    run(count);
    if (secondsOf(run, count) < seconds / 4) count *= 2;
  }
  return Math.max(1, Math.round((count * seconds) / Math.max(secondsOf(run, count), seconds / 100)));
}

function compareBits(call, { fill, region }, ours, reference) {
  const [a, b] = [ours, reference].map((kernels) => {
    fill(kernels);
    const returned = call.run(kernels)();
    const [name, count] = call.leaves ?? ['out', 0];
    const from = kernels.floats.byteOffset + region[name] * kernels.floats.BYTES_PER_ELEMENT;
    const left = Buffer.from(kernels.floats.buffer, from, count * kernels.floats.BYTES_PER_ELEMENT);
    return { returned, left: Buffer.from(left) };
  });
  if (!Object.is(a.returned, b.returned) || !a.left.equals(b.left)) {
    throw new Error(`${call.kernel} ${call.size.join(' x ')}: the bits differ from the reference's`);
  }
}

function mostFrequent(values) {
  const count = (value) => values.filter((other) => other === value).length;
  return values.reduce((a, b) => (count(b) > count(a) ? b : a));
}
