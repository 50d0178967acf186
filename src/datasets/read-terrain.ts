import { UserError } from '../errors.ts';
import type { Dataset } from './dataset.ts';
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
  readonly featureNames: readonly string[];
  readonly targetName: string;
}

const featureNames = ['x', 'y'] as const;

/** Opens a GeoTIFF file, whose heights are not decoded yet. Errors: UserError for a file that cannot be read. */
export async function openTerrain(path: string): Promise<{ grid: HeightGrid; sha256: string }> {
  const { bytes, sha256 } = await wholeFile(path);
  return { grid: await inWords(path, () => openGeoTiff(bytes)), sha256 };
}

/**
 * The heights of every step-th cell: inputs [N][2] with x = column / (width - 1) from west to east and y from south to north, both
 * from 0 to 1 over the whole file, and targets [N], in the order of the file. Cells without data are left out.
 */
export async function readTerrain(
  path: string,
  grid: HeightGrid,
  config: TerrainConfig,
): Promise<TerrainDataset> {
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

/** "2nd", "11th". */
export function ordinal(count: number): string {
  const ending = count % 100 > 10 && count % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
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
