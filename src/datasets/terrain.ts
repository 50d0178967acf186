import { counted, UserError } from '../errors.ts';
import { numberOrWord } from '../parsing/option.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import { type DataFacts, type Dataset, type DatasetEntry, pathOf } from './dataset.ts';
import { type HeightGrid, openGeoTiff } from './geotiff.ts';
import { checkTableSize } from './table-file.ts';
import { BadTiff } from './tiff-directory.ts';
import { wholeFile } from './whole-file.ts';

export interface TerrainConfig {
  readonly dataset: 'terrain';
  /** SHA-256 of the file's unpacked bytes. */
  readonly sha256: string;
  /** Every step-th cell is used, in both directions. */
  readonly step: number;
  /** Counted from 1. */
  readonly band: number;
}

export interface TerrainDataset extends Dataset {
  readonly config: TerrainConfig;
  readonly targetName: string;
}

/** About as many points as `step` auto keeps: enough for a surface, and few enough to fit many models. */
const usualPoints = 10_000;
const featureNames = ['x', 'y'] as const;

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

async function openTerrain(path: string): Promise<{ grid: HeightGrid; sha256: string }> {
  const { bytes, sha256 } = await wholeFile(path);
  return { grid: await inWords(path, () => openGeoTiff(bytes)), sha256 };
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

/**
 * The heights of every step-th cell: inputs [N][2] with x = column / (width - 1) from west to east and y from south to north, both
 * from 0 to 1 over the whole file, and targets [N], in the order of the file. Cells without data are left out.
 */
async function readTerrain(path: string, grid: HeightGrid, config: TerrainConfig): Promise<TerrainDataset> {
  const { width, height, unit, northUp } = grid;
  const { step, band } = config;
  const most = Math.ceil(width / step) * Math.ceil(height / step);
  checkTableSize(path, most, 3, 0);
  const inputs = new Float64Array(2 * most);
  const targets = new Float64Array(most);
  let rows = 0;
  await inWords(path, () =>
    grid.forEachRow(band - 1, step, (row, heights) => {
      const down = height === 1 ? 0 : row / (height - 1);
      for (let column = 0; column < width; column += step) {
        if (Number.isNaN(heights[column])) continue;
        inputs[2 * rows] = width === 1 ? 0 : column / (width - 1);
        inputs[2 * rows + 1] = northUp ? 1 - down : down;
        targets[rows++] = heights[column];
      }
    }),
  );
  if (rows === 0) {
    throw new UserError({
      what: `${path} has no cells with data${step === 1 ? '' : ` among every ${ordinal(step)}`}`,
      expected: 'a terrain with heights',
      remedy: step === 1 ? 'choose another file or band' : 'lower {step}',
    });
  }
  return {
    name: 'terrain',
    config,
    task: 'regression',
    rows,
    columns: 2,
    inputs: shared(inputs.subarray(0, 2 * rows)),
    largest: 1,
    targets: shared(targets.subarray(0, rows)),
    classes: 1,
    canonicalTrainRows: null,
    featureNames,
    targetName: unit === null ? 'height' : `height (${unit})`,
  };
}

/** A copy that threads share. */
function shared(values: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

function factsOf({ rows, targetName }: TerrainDataset): DataFacts {
  return {
    ...{ rows, columns: 2, classes: 1, labels: 1, canonicalTrainRows: null, largest: 1, sparse: false },
    ...{ featureNames, targetName },
  };
}

function dataName({ sha256 }: TerrainConfig): string {
  return `sha256:${sha256.slice(0, 12)}`;
}

/** "2nd", "11th". */
function ordinal(count: number): string {
  const ending = count % 100 > 10 && count % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}

function pathFor(path: string | null): string {
  if (path !== null) return path;
  throw new UserError({
    what: 'the path of the terrain is not known',
    expected: 'the path of a GeoTIFF file',
    remedy: 'give it with {dataDir}',
  });
}

async function inWords<Value>(path: string, action: () => Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof BadTiff)) throw error;
    throw new UserError({
      what: `${path} is not a terrain that can be read: ${error.message}`,
      expected: 'a whole GeoTIFF file with one band of heights, integers or floats',
      remedy: 'copy the file again, or write it with gdal_translate',
    });
  }
}
