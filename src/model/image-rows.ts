import type { ClassChoice } from '../datasets/image-classes.ts';
import { readImages } from '../datasets/image-folder.ts';
import { UserError } from '../errors.ts';
import { isClassifier, type SavedModel } from './saved-model.ts';
import type { ModelTable } from './table-rows.ts';

/** Images that are passed at once. */
const partRows = 1024;

/**
 * Opens a folder or a file of images for a model, those for training first. Their labels are targets where there are as many classes
 * as the model has. Errors: UserError for images of another size.
 */
export async function openModelImages(model: SavedModel, path: string): Promise<ModelTable> {
  const { data } = Object(model.config);
  const { transpose = false, labels = 'at-least-10' } = Object(data) as {
    transpose?: boolean;
    labels?: ClassChoice;
  };
  const dataset = await readImages(path, { transpose, classes: labels });
  const { rows, columns, inputs, targets, classes, canonicalTrainRows } = dataset;
  if (columns !== model.inputs.columns || model.inputs.names !== null) throw otherSize(model, path, columns);
  const hasTargets = isClassifier(model) && classes === model.target.classes;
  return {
    notes: [
      ...(canonicalTrainRows === null
        ? []
        : [`the first ${canonicalTrainRows} rows are the images for training`]),
      ...(hasTargets
        ? []
        : [`the images have ${classes} classes and the model ${model.target.classes}: labels are ignored`]),
    ],
    hasTargets,
    async forEach(visit) {
      for (let from = 0; from < rows; from += partRows) {
        const to = Math.min(rows, from + partRows);
        await visit({
          inputs: Float64Array.from(inputs.subarray(from * columns, to * columns)),
          targets: hasTargets ? Float64Array.from(targets.subarray(from, to)) : null,
        });
      }
    },
  };
}

function otherSize({ inputs }: SavedModel, path: string, columns: number): UserError {
  const isOfImages = inputs.names === null;
  return new UserError({
    what: isOfImages
      ? `the images in ${path} have another size than those of the model`
      : `${path} has images, and the model is not for images`,
    expected: isOfImages ? `${inputs.columns} pixels` : 'a table',
    received: isOfImages ? columns : path,
    remedy: isOfImages ? 'give images of the same size' : 'give the file of a table, such as data.csv',
  });
}
