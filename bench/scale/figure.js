// Draws how much of their time cores compute, against their number, by the program's own figures.
import { built } from '../made-store.js';

/** In the order in which a legend reads well. */
const lengthText = (seconds) => (seconds < 1 ? `${1000 * seconds} ms` : `${seconds} s`);
const designText = {
  'one claim a task': 'one claim per task, under the lock',
  'no lock for own trials': 'own trials without the lock (as it is)',
};

/** The SVG of the simulated utilisation. */
export async function scaleFigure(utilisations) {
  const { toSvg } = await import(built('src/figures/render.js'));
  const values = utilisations.map(({ design, cores: count, trialSeconds, utilisation }) => ({
    ...{ design: designText[design], cores: count, trials: `trials of ${lengthText(trialSeconds)}` },
    share: 100 * utilisation,
  }));
  const trials = [...new Set(values.map((one) => one.trials))];
  return await toSvg({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: 'Share of their time in which cores compute, against the number of cores; simulated',
    background: 'white',
    data: { values },
    facet: { column: { field: 'design', type: 'nominal', title: null, sort: Object.values(designText) } },
    spec: {
      width: 300,
      height: 220,
      mark: { type: 'line', point: true },
      encoding: {
        x: {
          field: 'cores',
          type: 'quantitative',
          title: 'cores',
          scale: { type: 'log' },
          axis: { values: [10, 100, 1000, 10_000] },
        },
        y: { field: 'share', type: 'quantitative', title: 'time in trials, %', scale: { domain: [0, 100] } },
        color: {
          field: 'trials',
          type: 'nominal',
          title: null,
          sort: trials,
          scale: { domain: trials, range: ['#0072b2', '#d55e00', '#009e73'] },
        },
        shape: { field: 'trials', type: 'nominal', title: null, sort: trials, scale: { domain: trials } },
      },
    },
  });
}
