import { centreDrawing } from '../../datasets/drawing.ts';
import { createWasmKernels } from '../../kernels/wasm.ts';
import { createPredictor, type Predictor } from '../../nn/predictor.ts';
import { weightsFromBytes } from '../../nn/weights-bytes.ts';
import type { ClassifierData, NetworkData } from './data.ts';
import { startPad } from './pad.ts';
import { bytesOf, element, pageData } from './page.ts';

/** Classifies the drawing on the pad with the page's trained networks, using the same kernels as the run. */
export async function startClassifier(): Promise<void> {
  const data = pageData<ClassifierData>('classifier-data');
  if (data === null) return;
  const { networks } = data;
  const predictors = await Promise.all(networks.map((network) => load(network, data.kernels)));
  const choice = document.querySelector<HTMLSelectElement>('#network-choice');
  const showInput = inputView();
  /** Pixels from 0 to 255. */
  let image: ArrayLike<number> = new Float64Array(784);
  const classify = (): void => {
    showInput(image);
    const blank = Array.from(image).every((value) => value === 0);
    const chosen = Number(choice?.value ?? 0);
    const inputs = Float64Array.from(image, (pixel) => pixel / networks[chosen].divisor);
    showProbabilities(blank ? null : predictors[chosen](inputs));
  };
  const pad = startPad(() => {
    image = centreDrawing(pad.ink(), pad.size).map((ink) => 255 * ink);
    classify();
  });
  element('#pad-clear').addEventListener('click', () => {
    pad.clear();
    image = new Float64Array(784);
    classify();
  });
  choice?.addEventListener('change', classify);
  const buttons = document.querySelectorAll<HTMLButtonElement>('button[data-image]');
  for (const button of buttons) {
    const pixels = bytesOf(data.images[Number(button.dataset.image)].pixels);
    paint(element<HTMLCanvasElement>('canvas', button), pixels);
    button.addEventListener('click', () => {
      pad.show(pixels);
      image = pixels;
      classify();
    });
  }
  classify();
  element('#network').dataset.ready = '';
}

async function load(network: NetworkData, kernels: ClassifierData['kernels']): Promise<Predictor> {
  const { layers, loss, dtype } = network;
  const weights = weightsFromBytes(bytesOf(network.weights), layers, dtype);
  // Fails in engines without WebAssembly SIMD.
  const module = WebAssembly.compile(bytesOf(kernels[dtype]!));
  return createPredictor(layers, weights!, loss, dtype, (_, memory) =>
    createWasmKernels(dtype, memory, module),
  );
}

/** Shows the image that the network receives, [28][28]. */
function inputView(): (image: ArrayLike<number>) => void {
  const canvas = element<HTMLCanvasElement>('#seen');
  return (image) =>
    paint(
      canvas,
      Uint8Array.from(image, (value) => Math.round(value)),
    );
}

function paint(canvas: HTMLCanvasElement, pixels: Uint8Array): void {
  const context = canvas.getContext('2d')!;
  const painted = context.createImageData(28, 28);
  pixels.forEach((value, i) => {
    painted.data.set([value, value, value, 255], 4 * i);
  });
  context.putImageData(painted, 0, 0);
}

function showProbabilities(probabilities: readonly number[] | null): void {
  const rows = document.querySelectorAll<HTMLElement>('#probabilities li');
  const best = probabilities === null ? -1 : probabilities.indexOf(Math.max(...probabilities));
  rows.forEach((row, digit) => {
    const share = probabilities?.[digit] ?? 0;
    element('.bar', row).style.width = `${100 * share}%`;
    element('.share', row).textContent = probabilities === null ? '' : percent(share);
    row.classList.toggle('best', digit === best);
  });
  element('#answer').textContent =
    probabilities === null ? 'Nothing drawn yet.' : `A ${best}: ${percent(probabilities[best])}.`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
