import { defaultScaling, divisorOf } from '../datasets/scale.ts';
import { firstOf } from './combinations.ts';
import type { DataCache } from './data-cache.ts';
import type { SettingLists } from './options.ts';

/** The lists with the scaling that suits the pixels, where the experiment scales pixels and the user did not choose. */
export async function withScale(
  lists: SettingLists,
  data: DataCache,
): Promise<{ lists: SettingLists; notes: string[] }> {
  if (!lists.scale?.includes('pixels')) return { lists, notes: [] };
  const { facts, description } = await data.resolve(firstOf(lists));
  const { largest } = facts;
  const scale = defaultScaling(largest);
  if (description.source !== null && lists.scale.includes(scale)) return { lists, notes: [] };
  const note = `the pixels ${pixelWords(largest, divisorOf(scale, largest))}: {scale} ${scale}`;
  return { lists: { ...lists, scale: [scale] }, notes: [note] };
}

function pixelWords(largest: number, divisor: number): string {
  if (largest === 0) return 'are all 0, so that no model can tell one image from another';
  return `go up to ${largest}, so they are ${divisor === 1 ? 'used as they are' : `divided by ${divisor}`}`;
}
