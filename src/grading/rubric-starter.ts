/** A rubric with comments, which grades as it is; `schema` is the path of the JSON Schema from the file. */
export function starterRubric(path: string, schema: string): string {
  return `# yaml-language-server: $schema=${schema}
#
# How recordings of backpropagation are graded. Grade with
#
#   fys-nn trace grade submissions/*.json --rubric ${path}
#   fys-nn trace grade submissions/*.json --rubric ${path} --csv grades.csv --feedback feedback
#
# A line that begins with # changes nothing: remove the # to use it. An editor with the YAML language server completes
# names and values. docs/check-your-backprop.md leads through it.

# The exercises that you gave out, as fys-nn trace new wrote them; paths are from this file. It can be
#   one file for everybody:        exercises: exercise.json
#   a folder, or a pattern:        exercises: exercises/*.json
#   the file of each student:      exercises: { anna: exercises/1.json, bob: exercises/2.json }
# A recording of any other exercise gets no points. Students are called as their files: submissions/anna.json is anna's.
# Where exercises are called as students (exercises/anna.json), each student needs the one of that name.
exercises: exercise.json

# The largest relative difference that counts as the same. Without it, 1e-10, as of fys-nn trace check; programs that compute in
# float32, as PyTorch and Keras do by default, need 1e-4.
# tolerance: 1e-4

# Points for numbers that are wrong only because earlier ones are: recomputed from the student's own numbers, they are right.
# full: all points; half; none: only what is right in itself counts.
consequences: full

# The points of a criterion are shared equally by its quantities. A quantity counts if it was recorded and is right in all the
# layers and steps that the criterion is about. The quantities of a step, in the order in which they are computed:
#   x, y                            the rows of the batch
#   z, a                            each layer's weighted sums and its outputs
#   loss                            mean over the batch's rows, without penalties
#   delta                           dC/dz of each layer
#   kernel_gradient, bias_gradient  with penalties, before clipping
#   kernel_m, bias_m, kernel_s, …   the optimiser's state after the step: m and s of Adam, v of momentum
#   kernel, bias                    the weights after the step
criteria:
  - name: Forward pass
    points: 3
    quantities: [z, a]

  - name: Loss
    points: 1
    quantities: [loss]

  - name: Error of the output layer
    points: 1
    quantities: [delta]
    layers: output # all, hidden or output

  - name: Backpropagation
    points: 4
    quantities: [delta, kernel_gradient, bias_gradient]

  - name: Update
    points: 1
    quantities: [kernel, bias]
    # steps: first # only step 0; without it, all steps

  # Extra points, which do not count in the maximum:
  # - name: Momentum
  #   points: 1
  #   quantities: [kernel_v, bias_v]
  #   optional: true
`;
}
