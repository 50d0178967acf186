import { groupBy } from '../output/group-by.ts';
import { shortText } from '../stats/significant.ts';
import type { DrawnSetting, Searched } from './searched.ts';
import { lostColors, palette, rankColors } from './style.ts';

/** Lines of one colour. */
export interface LineSeries {
  readonly name: string;
  readonly color: string;
}

/** Lines that end below the axis of the metric, since they have no place on it. */
export interface LostSeries extends LineSeries {
  /** A share of the height of the axis, below 0. */
  readonly at: number;
  readonly label: string;
}

/** Where lines are that have no place on an axis: below it. */
export const below = -0.12;
const nextBelow = 0.055;

/** The colours of the lines: of the best setting, of the others in fifths, and of those without a value. */
export function lineSeries({ ranked, settings }: Searched) {
  const best = { name: `best: ${shortText(ranked[0].value!, 3)}`, color: palette[1] };
  // The best has a line of its own.
  const bins = binsOf(ranked.slice(1));
  const lost = lostOf(settings);
  return {
    best,
    bins: bins.series,
    lost: lost.series,
    of: (setting: DrawnSetting): LineSeries => lost.of.get(setting) ?? bins.of.get(setting) ?? best,
    lostOf: lost.of,
  };
}

/** The settings in fifths from the best to the worst, each with a colour and a label of its values. */
function binsOf(ranked: readonly DrawnSetting[]) {
  const count = Math.min(rankColors.length, ranked.length);
  const series = new Map<string, LineSeries>();
  const of = new Map<DrawnSetting, LineSeries>();
  for (let bin = 0; bin < count; bin++) {
    const at = (index: number) => Math.ceil((index * ranked.length) / count);
    const members = ranked.slice(at(bin), at(bin + 1));
    const [from, to] = [members[0], members[members.length - 1]].map(({ value }) => shortText(value!, 3));
    const name = from === to ? from : `${from} to ${to}`;
    const own = series.get(name) ?? { name, color: rankColors[bin] };
    series.set(name, own);
    for (const member of members) of.set(member, own);
  }
  return { series: [...series.values()], of };
}

/** What was stopped, that of the last rounds first, and then what diverged. Of many rounds, the first ones are taken together. */
function lostOf(settings: readonly DrawnSetting[]) {
  const hasDiverged = ({ diverged, stopped }: DrawnSetting) => diverged || (stopped?.last.diverged ?? 0) > 0;
  const diverged = settings.filter(hasDiverged);
  const stopped = settings.filter((one) => one.stopped !== null && !hasDiverged(one));
  const rounds = [...groupBy(stopped, (one) => one.stopped!.last.round)]
    .sort(([a], [b]) => b - a)
    .map(([, members]) => members);
  const room = lostColors.length - Math.sign(diverged.length);
  const groups = [
    ...(rounds.length <= room ? rounds : [...rounds.slice(0, room - 1), rounds.slice(room - 1).flat()]).map(
      (members) => {
        const [latest, earliest] = [members[0].stopped!, members[members.length - 1].stopped!];
        const label = `after ${latest.last.round > earliest.last.round ? 'at most ' : ''}${latest.after}`;
        return { members, name: `stopped ${label}`, label };
      },
    ),
    ...(diverged.length > 0 ? [{ members: diverged, name: 'diverged', label: 'diverged' }] : []),
  ];
  const of = new Map<DrawnSetting, LostSeries>();
  const series = groups.map(({ members, name, label }, index): LostSeries => {
    const color = lostColors[lostShades[groups.length - 1][index]];
    const own = { name, label, color, at: below - index * nextBelow };
    for (const member of members) of.set(member, own);
    return own;
  });
  return { series, of };
}

/** Which of the colours so many groups have. */
const lostShades = [[2], [0, 2], [0, 2, 3], [0, 1, 2, 3]] as const;
