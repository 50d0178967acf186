import { counted, UserError } from '../errors.ts';
import { numberOrWord } from '../parsing/option.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import { type DataFacts, type DatasetEntry, pathOf } from './dataset.ts';
import type { HeightGrid } from './geotiff.ts';
import type { TerrainConfig, TerrainDataset } from './read-terrain.ts';

/** About as many points as `step` auto keeps: enough for a surface, and few enough to fit many models. */
const usualPoints = 10_000;
export const terrain = {
  title: 'terrain',
  description: 'heights of a terrain of your own, in a GeoTIFF file, by their places (regression)',
  source: 'their owners',
  license: 'that of the file',
  tasks: ['regression'],
  taskOf: () => 'regression',
  fromFiles: true,
  hasPixels: false,
  mayBeSplit: false,
  options: {
    step: {
      ...numberOrWord(
        `use every n-th cell of a terrain in both directions; auto: so that there are at most ${usualPoints}`,
        'a whole number >= 1, or auto',
        ['auto'],
        (step) => Number.isInteger(step) && step >= 1,
      ),
      default: 'auto',
    },
    band: {
      ...numberOrWord(
        'the band of a terrain with the heights, counted from 1; only: there is one',
        'a whole number >= 1, or only',
        ['only'],
        (band) => Number.isInteger(band) && band >= 1,
      ),
      default: 'only',
    },
  },
  defaults: { band: 1 },
  schema: ((z) => ({
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    step: z.int().min(1),
    band: z.int().min(1),
  })) as ShapeOf,
  dataName,
  describe: (config, label) => ({
    title: `terrain ${label === null ? '' : `"${label}" `}(${dataName(config)})`,
    source: null,
    license: null,
    isReports: false,
    isDigits: false,
  }),
  columns: () => 2,
  resolvesPerSeed: () => false,
  async resolve({ step, band }, sources) {
    const path = pathFor(sources.dataDir);
    const { openTerrain, ordinal, readTerrain } = await import('./read-terrain.ts');
    const { grid, sha256 } = await openTerrain(path);
    const config: TerrainConfig = {
      dataset: 'terrain',
      sha256,
      step: step === 'auto' || step == null ? usualStep(grid) : Number(step),
      band: chosenBand(path, grid, band ?? 'only'),
    };
    const dataset = loaded.get(keyOf(config)) ?? remember(await readTerrain(path, grid, config));
    const { width, height } = grid;
    const cells = Math.ceil(width / config.step) * Math.ceil(height / config.step);
    const missing = cells - dataset.rows;
    return {
      config,
      facts: factsOf(dataset),
      notes: [
        config.step === 1
          ? `all of ${width} x ${height} cells are used`
          : `of ${width} x ${height} cells, every ${ordinal(config.step)} in both directions is used`,
        ...(missing === 0
          ? []
          : [`${counted(missing, 'cell')} without data ${missing === 1 ? 'is' : 'are'} left out`]),
        'x runs from 0 in the west to 1 in the east, y from 0 in the south to 1 in the north',
      ],
    };
  },
  async load(config, _seed, sources) {
    const known = loaded.get(keyOf(config));
    if (known !== undefined) return known;
    const path = pathFor(pathOf(config.sha256, sources));
    const { openTerrain, readTerrain } = await import('./read-terrain.ts');
    const { grid, sha256 } = await openTerrain(path);
    if (sha256 === config.sha256) return remember(await readTerrain(path, grid, config));
    throw new UserError({
      what: `${path} is not the terrain that the trial was planned with`,
      expected: `contents with SHA-256 ${config.sha256}`,
      received: sha256,
      remedy: 'do not change the file while trials run; then start again',
    });
  },
  keep: (dataset) => {
    remember(dataset as TerrainDataset);
  },
} satisfies DatasetEntry<TerrainConfig>;

/** The terrains of this process, by what identifies them. */
const loaded = new Map<string, TerrainDataset>();

function remember(dataset: TerrainDataset): TerrainDataset {
  loaded.set(keyOf(dataset.config), dataset);
  return dataset;
}

function keyOf({ sha256, step, band }: TerrainConfig): string {
  return `${sha256} ${step} ${band}`;
}

/** The least step that keeps at most `usualPoints` cells. */
function usualStep({ width, height }: HeightGrid): number {
  let step = Math.max(1, Math.floor(Math.sqrt((width * height) / usualPoints)));
  while (Math.ceil(width / step) * Math.ceil(height / step) > usualPoints) step++;
  return step;
}

function chosenBand(path: string, { bands }: HeightGrid, band: string | number): number {
  if (band === 'only' ? bands === 1 : Number(band) <= bands) return band === 'only' ? 1 : Number(band);
  throw new UserError({
    what: `${path} has ${counted(bands, 'band')}`,
    expected:
      band === 'only' ? 'one band of heights, or {band} to say which one' : `{band} from 1 to ${bands}`,
    ...(band === 'only' ? {} : { received: band }),
    remedy:
      bands === 1
        ? 'leave out {band}'
        : 'choose the band with {band} 1, or make a file of it with gdal_translate -b 1',
  });
}

function factsOf({ rows, featureNames, targetName }: TerrainDataset): DataFacts {
  return {
    ...{ rows, columns: 2, classes: 1, labels: 1, canonicalTrainRows: null, largest: 1, sparse: false },
    ...{ featureNames, targetName },
  };
}

function dataName({ sha256 }: TerrainConfig): string {
  return `sha256:${sha256.slice(0, 12)}`;
}

function pathFor(path: string | null): string {
  if (path !== null) return path;
  throw new UserError({
    what: 'the path of the terrain is not known',
    expected: 'the path of a GeoTIFF file',
    remedy: 'give it with {dataDir}',
  });
}
