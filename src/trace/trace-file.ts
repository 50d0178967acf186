import { quote, UserError } from '../errors.ts';
import { losses } from '../nn/losses.ts';
import { plainIssue } from '../parsing/plain-issue.ts';
import { readTraceJson } from './json-numbers.ts';
import { checkWork } from './limits.ts';
import { lossNamed, type Trace, traceSchema } from './trace-schema.ts';

/**
 * Reads and checks a trace of version 1 or 2. Errors: UserError if there is no such file, if it is not JSON or not a trace, if
 * its sizes do not match, or if it would take too much memory or time to replay.
 */
export async function readTrace(file: string): Promise<Trace> {
  return await traceFrom(file, await readTraceJson(file));
}

/** The trace in the content of a file. Errors: as readTrace. */
export async function traceFrom(file: string, content: unknown): Promise<Trace> {
  const { z } = await import('zod');
  const parsed = traceSchema(z).safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw traceError(file, issue.path.join('.'), `not ${plainIssue(issue.message)}`);
  }
  checkSizes(file, parsed.data);
  checkWork(file, parsed.data);
  return parsed.data;
}

function traceError(file: string, place: string, problem: string): UserError {
  return new UserError({
    what: `${file} is not a trace: ${place === '' ? 'the file' : place}`,
    expected: 'a format of fys-nn-trace (data/README.md)',
    received: problem,
    remedy: 'fix the file, or leave it out',
  });
}

/** Refuses sizes that do not match: the replay would read past the end of an array. */
function checkSizes(file: string, trace: Trace): void {
  const { data, model, batches, expect } = trace;
  const check = (good: boolean, place: string, problem: string): void => {
    if (!good) throw traceError(file, place, problem);
  };
  const columns = data.x_train[0].length;
  const outputs = data.y_train[0].length;
  for (const [name, rows, width] of [
    ['x_train', data.x_train, columns],
    ['x_test', data.x_test, columns],
    ['y_train', data.y_train, outputs],
    ['y_test', data.y_test, outputs],
  ] as const) {
    check(
      rows.every((row) => row.length === width),
      `data.${name}`,
      `a row without exactly ${width} values`,
    );
  }
  check(data.x_train.length === data.y_train.length, 'data.y_train', 'not as many rows as x_train');
  check(data.x_test.length === data.y_test.length, 'data.y_test', 'not as many rows as x_test');
  if (model.kind === 'ffnn') {
    const hasWidth = losses[lossNamed(model.loss)].withDelta !== null;
    if ('delta' in model) check(hasWidth, 'model.delta', `a width for ${model.loss}`);
    let inputs = columns;
    model.layers.forEach((layer, index) => {
      const { units, kernel, bias } = layer;
      const place = `model.layers.${index}`;
      check(bias.length === units, `${place}.bias`, `${bias.length} values for ${units} units`);
      check(kernel.length === units, `${place}.kernel`, `${kernel.length} rows for ${units} units`);
      check(
        kernel.every((row) => row.length === inputs),
        `${place}.kernel`,
        `a row without exactly ${inputs} values`,
      );
      const l2 = l2Of(layer);
      check(
        l2 === l2Of(model.layers[0]),
        `${place}.l2`,
        `${quote(l2)}: not the same penalty as the first layer`,
      );
      const softmax = index === model.layers.length - 1 && model.loss === 'softmax_cross_entropy';
      check((layer.activation === 'softmax') === softmax, `${place}.activation`, layer.activation);
      if (index === model.layers.length - 1 && model.loss === 'binary_cross_entropy') {
        check(layer.activation === 'sigmoid', `${place}.activation`, layer.activation);
        check(units === 1, `${place}.units`, `${units} outputs where the loss has 1`);
      }
      inputs = units;
    });
    check(inputs === outputs, 'model.layers', `${inputs} outputs for ${outputs} target columns`);
  } else {
    check(columns === 2, 'data.x_train', `${columns} columns where a polynomial needs 2`);
    check(outputs === 1, 'data.y_train', `${outputs} columns where a polynomial needs 1`);
  }
  if (model.kind === 'polynomial') {
    check(
      model.beta.length === model.terms.length,
      'model.beta',
      `${model.beta.length} values for ${model.terms.length} terms`,
    );
  }
  check(
    expect.test_output.length === data.x_test.length &&
      expect.test_output.every((row) => row.length === outputs),
    'expect.test_output',
    `not ${data.x_test.length} rows of ${outputs}`,
  );
  check(
    (expect.final_beta === undefined) === (model.kind !== 'polynomial'),
    'expect.final_beta',
    model.kind === 'polynomial' ? 'missing' : `not allowed for a model of kind ${model.kind}`,
  );
  check(
    (expect.final_layers === undefined) === (model.kind !== 'ffnn'),
    'expect.final_layers',
    model.kind === 'ffnn' ? 'missing' : `not allowed for a model of kind ${model.kind}`,
  );
  if (model.kind === 'ffnn') {
    for (const name of ['final_layers', 'first_gradients'] as const) {
      const recorded = expect[name];
      if (recorded === undefined) continue;
      check(recorded.length === model.layers.length, `expect.${name}`, 'not as many layers as the model');
      recorded.forEach(({ kernel, bias }, index) => {
        const layer = model.layers[index];
        const same =
          bias.length === layer.units &&
          kernel.length === layer.units &&
          kernel.every((row) => row.length === layer.kernel[0].length);
        check(same, `expect.${name}.${index}`, 'not the shape of that layer');
      });
    }
  } else check(expect.first_gradients === undefined, 'expect.first_gradients', 'only networks have them');
  if (model.kind === 'polynomial-closed-form') {
    check(typeof expect.test_loss === 'number', 'expect.test_loss', 'not a single number');
    check(expect.test_r2 !== undefined, 'expect.test_r2', 'missing');
    return;
  }
  if (model.kind === 'polynomial') {
    check(
      expect.final_beta!.length === model.terms.length,
      'expect.final_beta',
      'not as many values as model.terms',
    );
  }
  check(!('sgd' in trace && trace.sgd === null) && batches !== null, 'sgd', 'sgd or batches missing');
  const size = batches![0][0].length;
  const steps = batches![0].length;
  check(
    batches!.every((epoch) => epoch.length === steps),
    'batches',
    'epochs with different numbers of batches',
  );
  check(
    batches!.flat().every((batch) => batch.length === size),
    'batches',
    'batches of different sizes',
  );
  check(
    batches!.flat(2).every((row) => row < data.x_train.length),
    'batches',
    'a row that x_train does not have',
  );
  for (const name of ['train_loss', 'test_loss', 'train_accuracy', 'test_accuracy'] as const) {
    const values = expect[name];
    check(
      values === undefined || (Array.isArray(values) && values.length === batches!.length),
      `expect.${name}`,
      `not one value for each of ${batches!.length} epochs`,
    );
  }
}

/** The penalty of a layer, which traces of the first format repeat for each. */
const l2Of = (layer: object): unknown => ('l2' in layer ? layer.l2 : undefined);
