import type { GeoTIFFImage } from 'geotiff';
import { tiffCompressions, type Unpack, unpackDeflate, unpackLzw, unpackPackBits } from './tiff-blocks.ts';
import { BadTiff, checkDirectory, isTiff } from './tiff-directory.ts';

/** A grid of heights that is read row by row. */
export interface HeightGrid {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  /** The unit of the heights, if the file says it. */
  readonly unit: string | null;
  /** Whether the first row is in the north, as nearly always. */
  readonly northUp: boolean;
  /**
   * Calls `add` with each wanted row of a band, from the first one; NaN where there is no data. No more than one strip or one
   * row of tiles is in memory. Errors: BadTiff.
   */
  readonly forEachRow: (
    band: number,
    step: number,
    add: (row: number, heights: Float64Array) => void,
  ) => Promise<void>;
}

const mostPixels = 2 ** 29;
const largestBlock = 2 ** 30;
/** The value of cells without data in files of the Shuttle Radar Topography Mission, also where they do not say so. */
const srtmVoid = -32768;

/**
 * Opens a GeoTIFF: integers or floats in strips or tiles, plain or packed by LZW, Deflate or PackBits.
 *
 * Errors: BadTiff for anything else, and for images that are turned. Source: TIFF 6.0; OGC GeoTIFF 1.1.
 */
export async function openGeoTiff(bytes: Buffer): Promise<HeightGrid> {
  if (!isTiff(bytes)) throw new BadTiff('it does not begin as TIFF does');
  checkDirectory(bytes);
  const image = await inWords(() => firstImage(bytes));
  const [width, height, bands] = [image.getWidth(), image.getHeight(), image.getSamplesPerPixel()];
  checkImage(image, width, height, bands);
  const transformation = image.fileDirectory.hasTag('ModelTransformation')
    ? ((await image.fileDirectory.loadValue('ModelTransformation')) as ArrayLike<number>)
    : null;
  if (transformation !== null && (transformation[1] !== 0 || transformation[4] !== 0)) {
    throw new BadTiff('it is turned: its rows do not run from west to east (make it straight with gdalwarp)');
  }
  return {
    width,
    height,
    bands,
    unit: await unitOf(image),
    northUp: transformation === null || !(transformation[5] > 0),
    forEachRow: (band, step, add) => inWords(() => readRows(image, band, step, add)),
  };
}

async function firstImage(bytes: Buffer): Promise<GeoTIFFImage> {
  const { addDecoder, BaseDecoder, fromArrayBuffer } = await import('geotiff');
  const decoder = (unpack: Unpack) =>
    class extends BaseDecoder {
      override decodeBlock(buffer: ArrayBufferLike): ArrayBufferLike {
        const { tileWidth, tileHeight, bitsPerSample, planarConfiguration } = this.parameters;
        const bits = typeof bitsPerSample === 'number' ? [bitsPerSample] : Array.from(bitsPerSample);
        const pixel = planarConfiguration === 2 ? bits[0] : bits.reduce((sum, one) => sum + one, 0);
        const found = unpack(new Uint8Array(buffer), Math.ceil((tileWidth * tileHeight * pixel) / 8));
        return found.slice().buffer;
      }
    };
  // The library's own decoders have no limit to what a block unpacks to.
  addDecoder([8, 32946], async () => decoder(unpackDeflate));
  addDecoder(5, async () => decoder(unpackLzw));
  addDecoder(32773, async () => decoder(unpackPackBits));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return (await fromArrayBuffer(file)).getImage();
}

function checkImage(image: GeoTIFFImage, width: number, height: number, bands: number): void {
  const isSize = (size: number) => Number.isInteger(size) && size > 0;
  if (![width, height, bands].every(isSize))
    throw new BadTiff('it does not say how many rows and columns it has');
  if (width * height > mostPixels) {
    throw new BadTiff(
      `it has ${width} x ${height} pixels, more than ${mostPixels} (take a part with gdal_translate)`,
    );
  }
  const compression: number = image.fileDirectory.getValue('Compression') ?? 1;
  if (!Object.hasOwn(tiffCompressions, compression)) {
    throw new BadTiff(
      `it is packed by method ${compression} (repack it: gdal_translate -co COMPRESS=DEFLATE OLD.tif NEW.tif)`,
    );
  }
  const [bits, format] = [image.getBitsPerSample(0), image.getSampleFormat(0)];
  const isInteger = (format === 1 || format === 2) && [8, 16, 32].includes(bits);
  if (!isInteger && !(format === 3 && [32, 64].includes(bits))) {
    throw new BadTiff(`its pixels have ${bits} bits in format ${format}, and integers or floats are read`);
  }
  const block = image.getTileWidth() * image.getTileHeight() * image.getBytesPerPixel();
  if (!(block > 0 && block <= largestBlock)) throw new BadTiff(`it has blocks of ${block} bytes`);
}

async function readRows(
  image: GeoTIFFImage,
  band: number,
  step: number,
  add: (row: number, heights: Float64Array) => void,
): Promise<void> {
  const [width, height, blockRows] = [image.getWidth(), image.getHeight(), image.getTileHeight()];
  const noData = image.getGDALNoData();
  const isShort = image.getSampleFormat(band) === 2 && image.getBitsPerSample(band) === 16;
  const isVoid = (value: number) =>
    value === noData || !Number.isFinite(value) || (isShort && value === srtmVoid);
  for (let from = 0; from < height; from += blockRows) {
    const to = Math.min(from + blockRows, height);
    let row = Math.ceil(from / step) * step;
    if (row >= to) continue;
    const [values] = await image.readRasters({ window: [0, from, width, to], samples: [band] });
    for (; row < to; row += step) {
      const part = values.subarray((row - from) * width, (row - from + 1) * width);
      add(
        row,
        Float64Array.from(part, (value) => (isVoid(value) ? Number.NaN : value)),
      );
    }
  }
}

/** Units by their numbers in the EPSG registry, and their names in GDAL's. */
const units: Readonly<Record<string, string>> = {
  ...{ 9001: 'm', 9002: 'ft', 9003: 'ft' },
  ...{ m: 'm', metre: 'm', meter: 'm', metres: 'm', meters: 'm', ft: 'ft', foot: 'ft', feet: 'ft' },
};

/** The unit of heights by the tags of GeoTIFF or of GDAL. A file in which these are damaged does not say it. */
async function unitOf(image: GeoTIFFImage): Promise<string | null> {
  try {
    const byKey = image.getGeoKeys()?.VerticalUnitsGeoKey;
    const unit = String(byKey ?? (await image.getGDALMetadata(0))?.UNITTYPE).toLowerCase();
    return Object.hasOwn(units, unit) ? units[unit] : null;
  } catch {
    return null;
  }
}

/** Calls what the library throws a damaged file. */
async function inWords<Value>(action: () => Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof BadTiff) throw error;
    const reason = error instanceof AggregateError ? error.errors[0] : error;
    throw new BadTiff(`it is cut off or damaged (${(reason as Error).message})`);
  }
}
