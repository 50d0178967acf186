import type { Rng } from '../math/rng.ts';
import type { Exercise } from '../trace/exercise.ts';
import { placesOf } from '../trace/quantities.ts';
import { happens, pick } from './random-exercise.testing.ts';
import { type Matrix, type On, type Switch, switches, type Tamper } from './student.testing.ts';

/** A mistake in the student's program: a switch, or something that nobody has thought of. */
export interface Planted {
  readonly name: string;
  readonly on: readonly On[];
  readonly tampers: readonly Tamper[];
}

const planted = (name: string, on: readonly On[], tampers: readonly Tamper[]): Planted => ({
  name,
  on,
  tampers,
});

/** A mistake in one layer only. */
export const inLayer = ({ name, on, tampers }: Planted, layer: number): Planted =>
  planted(
    `${name} in layer ${layer}`,
    on.filter((one) => (one.layer ?? layer) === layer).map((one) => ({ ...one, layer })),
    tampers.map(
      (tamper): Tamper =>
        (value, quantity, of, step, epoch) =>
          of === layer ? tamper(value, quantity, of, step, epoch) : value,
    ),
  );

export function plantSwitch(rng: Rng): Planted {
  const name = pick<Switch>(rng, switches);
  return planted(name, [{ name }], []);
}

/** A switch that is on in one layer, from a step on, or in one epoch. */
export function plantPartOfSwitch(rng: Rng, { layers, batches }: Exercise): Planted {
  const name = pick<Switch>(rng, switches);
  const part = pick(rng, ['layer', 'fromStep', 'epoch'] as const);
  const of = { layer: layers.length, fromStep: batches.flat().length, epoch: batches.length }[part];
  const value = rng.below(of);
  return planted(`${name} with ${part} ${value}`, [{ name, [part]: value }], []);
}

/** Ways of changing numbers that no table can name. */
const changes: Record<string, (rng: Rng) => (value: Matrix) => Matrix> = {
  'one element is perturbed': (rng) => {
    const [at, by] = [rng.uniform(), 0.1 + rng.uniform()];
    return (value) => {
      const place = Math.floor(at * value.length * value[0].length);
      return value.map((row, i) => row.map((x, j) => (i * row.length + j === place ? x + by : x)));
    };
  },
  'a matrix is added': (rng) => {
    const numbers = Array.from({ length: 97 }, () => 0.1 * rng.normal());
    return (value) => value.map((row, i) => row.map((x, j) => x + numbers[(i * row.length + j) % 97]));
  },
  'the wrong constant 1.37': () => (value) => value.map((row) => row.map((x) => 1.37 * x)),
  'a constant is added': () => (value) => value.map((row) => row.map((x) => x + 0.05)),
  'the first row is doubled': () => (value) => value.map((row, i) => (i === 0 ? row.map((x) => 2 * x) : row)),
  'the last column is zero': () => (value) =>
    value.map((row) => row.map((x, j) => (j === row.length - 1 ? 0 : x))),
  'noise of 1e-6': (rng) => (value) => value.map((row) => row.map((x) => x * (1 + 1e-6 * rng.normal()))),
  'four digits': () => (value) => value.map((row) => row.map((x) => Number(x.toPrecision(4)))),
  'columns in another order': () => (value) => value.map((row) => [...row.slice(1), row[0]]),
  'rows in another order': () => (value) => [...value.slice(1), value[0]],
  'numbers are squared': () => (value) => value.map((row) => row.map((x) => x * x)),
  'numbers are limited': () => (value) =>
    value.map((row) => row.map((x) => Math.max(-0.1, Math.min(0.1, x)))),
};

/** A quantity is changed, always or in some steps only. */
export function plantChange(rng: Rng, exercise: Exercise): Planted {
  const place = pick(rng, placesOf(exercise));
  const name = pick(rng, Object.keys(changes));
  const change = changes[name](rng);
  const everyLayer = happens(rng, 0.3);
  const when = pick(rng, [
    'always',
    'always',
    'from step 3',
    'in epoch 0',
    'in epoch 1',
    'in step 0',
  ] as const);
  const isThen = (step: number, epoch: number) =>
    when === 'always' ||
    (when === 'from step 3' && step >= 3) ||
    (when === 'in step 0' && step === 0) ||
    when === `in epoch ${epoch}`;
  return planted(
    `${place.quantity} ${everyLayer ? '' : place.layer}: ${name} ${when}`,
    [],
    [
      (value, quantity, layer, step, epoch) =>
        quantity === place.quantity && (everyLayer || layer === place.layer) && isThen(step, epoch)
          ? change(value)
          : value,
    ],
  );
}

/** One mistake or two, of any kind. */
export function plant(rng: Rng, exercise: Exercise): Planted[] {
  const one = () => {
    const kind = rng.uniform();
    if (kind < 0.5) return plantSwitch(rng);
    return kind < 0.65 ? plantPartOfSwitch(rng, exercise) : plantChange(rng, exercise);
  };
  return happens(rng, 0.25) ? [one(), one()] : [one()];
}

/** Which quantities, and which steps, a program records. */
export function recordedPart(rng: Rng, exercise: Exercise): (step: number, place: number) => boolean {
  const places = placesOf(exercise);
  const kind = rng.uniform();
  if (kind < 0.35) return () => true;
  const isWeight = (place: number) => ['kernel', 'bias'].includes(places[place].quantity);
  if (kind < 0.5) return (_step, place) => isWeight(place);
  if (kind < 0.55) return (_step, place) => places[place].quantity === 'loss';
  const chosen = places.map(() => happens(rng, 0.5));
  const few = happens(rng, 0.3);
  const steps = Array.from({ length: 100 }, () => !few || happens(rng, 0.5));
  return (step, place) => chosen[place] && steps[step];
}
