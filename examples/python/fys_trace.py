"""Records what your own backpropagation computes, so that fys-nn can tell whether it is right, and where it first is not.

    from fys_trace import load

    trace = load('exercise.json')                      # from: npx fys-nn trace new --out exercise.json
    for epoch in trace.epochs:
        for rows in epoch:                             # the rows of one batch: trace.x[rows], trace.y[rows]
            ...                                        # your code: one step
            trace.record(0, z=z1, a=a1, kernel=W1)     # of layer 0: any quantities, in any order, in one call or several
            trace.record(loss=C)                       # of the whole step
            trace.end_step()
    trace.write('mine.json')                           # then: npx fys-nn trace check mine.json

Of a layer: z, a (outputs), delta = dC/dz, kernel_gradient and bias_gradient, kernel and bias after the step, and what the
optimiser keeps, such as kernel_m and bias_m. Of a step: x and y (the batch), loss. Everything is optional.

`python3 fys_trace.py exercise.json` prints what there is to program. Needs Python 3.8 or newer and NumPy. You can copy this
file next to your own.
"""
import difflib
import json
import operator
import os
import sys

import numpy as np

FORMAT = 'fys-nn-trace/3'
LARGEST = 64 << 20  # bytes of a file that fys-nn reads
OF_A_STEP = ['x', 'y', 'loss']
OF_A_LAYER = ['z', 'a', 'delta', 'kernel_gradient', 'bias_gradient', 'kernel', 'bias']


class TraceError(Exception):
    """Something that cannot be read or recorded; the message says what to do."""


def load(path, kernel=None, batch=None):
    """Reads an exercise. kernel='out-in' or 'in-out', and batch='first' or 'last', turn all arrays of it to your layout."""
    try:
        with open(path, encoding='utf-8') as file:
            exercise = json.load(file)
    except OSError as error:
        raise TraceError(f'{path} cannot be read: {error.strerror}. '
                         f'`npx fys-nn trace new --out {path}` writes an exercise.') from None
    except ValueError as error:
        raise TraceError(f'{path} is not JSON ({error}). Write it again with `npx fys-nn trace new`.') from None
    if not isinstance(exercise, dict) or exercise.get('format') != FORMAT:
        raise TraceError(f'{path} is not in the format {FORMAT}. `npx fys-nn trace new` writes an exercise.')
    if exercise.get('kind') != 'exercise':
        raise TraceError(f'{path} is not an exercise but has the kind {exercise.get("kind")!r}. '
                         'Load the exercise itself, such as exercise.json.')
    try:
        return Trace(turned(exercise, kernel, batch))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise TraceError(f'{path} is incomplete or damaged ({error!r}). Write it again with `npx fys-nn trace new`.') from None


class Layer:
    """One layer: its units, its activation, and its initial weights."""

    def __init__(self, layer):
        self.units = layer['units']
        self.activation = layer['activation']
        self._kernel, self._bias = layer['kernel'], layer['bias']

    @property
    def kernel(self):
        """A new copy of the initial kernel, which you may change."""
        return np.array(self._kernel, dtype=np.float64)

    @property
    def bias(self):
        """A new copy of the initial biases; None for a layer without biases."""
        return None if self._bias is None else np.array(self._bias, dtype=np.float64)


class Trace:
    """An exercise, and what your program records of it."""

    def __init__(self, exercise):
        model, optimizer = exercise['model'], exercise['optimizer']
        self.exercise = exercise
        self.layout = exercise['layout']
        self.x = np.array(exercise['data']['x'], dtype=np.float64)
        self.y = np.array(exercise['data']['y'], dtype=np.float64)
        self.layers = [Layer(layer) for layer in model['layers']]
        self.loss, self.delta = model['loss'], model.get('delta')
        self.l2, self.l1, self.penalize = model['l2'], model['l1'], model['penalize']
        self.optimizer = dict(optimizer)
        self.learning_rate = optimizer['learning_rate']
        self.epochs = [[np.array(rows, dtype=int) for rows in epoch] for epoch in exercise['batches']]
        self._steps = []        # that were recorded
        self._step = 0          # the number of the step that is being recorded
        self._now = {}          # (layer, quantity) -> array, of that step; the layer is None for quantities of the step
        self._written = None

    def record(self, layer=None, **quantities):
        """Records quantities of one layer (layers count from 0), or of the whole step: record(loss=C)."""
        if self._written is not None:
            raise TraceError(f'record() after write(): {self._written} is written already. Call write() once, at the end.')
        if self._step >= self._count:
            raise TraceError(f'The exercise has {self._count} steps, and all have ended: nothing can be recorded after the last '
                             'end_step(). Do you record where you only predict?')
        if layer is not None:
            layer = self._checked_layer(layer)
        for name, value in quantities.items():
            self._check_name(layer, name)
            if value is None and layer is not None and name.startswith('bias') and self.layers[layer].bias is None:
                continue
            if (layer, name) in self._now:
                raise TraceError(f'{place(layer, name)} is recorded twice in step {self._step}. Call trace.end_step() after each '
                                 'step (each batch), and record nothing where you only predict.')
            self._now[layer, name] = as_numbers(value, f'{place(layer, name)} in step {self._step}')

    def end_step(self):
        """Ends a step of the optimiser: what is recorded from now on belongs to the next batch."""
        if self._step >= self._count:
            raise TraceError(f'end_step() is called more often than the exercise has steps ({self._count}). '
                             'Call it once for each batch of trace.epochs.')
        if self._now:
            step = {'step': self._step}
            step.update({name: as_list(value, name) for (layer, name), value in self._now.items() if layer is None})
            step['layers'] = [{name: as_list(value, name) for (layer, name), value in self._now.items() if layer == index}
                              for index in range(len(self.layers))]
            self._steps.append(step)
        self._now = {}
        self._step += 1

    def write(self, path, program='my network'):
        """Writes the recording, whole or not at all. `program` is free text that names your program."""
        if self._now:
            raise TraceError(f'Step {self._step} has not ended: call trace.end_step() after each step, also after the last one.')
        if not self._steps:
            raise TraceError('Nothing is recorded: call trace.record(...) and trace.end_step() in your training loop.')
        recording = {'format': FORMAT, 'kind': 'recording', 'program': str(program), 'exercise': self.exercise,
                     'steps': self._steps}
        text = json.dumps(recording)
        if len(text) > LARGEST:
            raise TraceError(f'The recording has {len(text) >> 20} MiB, and fys-nn reads at most {LARGEST >> 20}: record fewer '
                             'steps or quantities, for example only every tenth step (call end_step() in all).')
        part = f'{path}.{os.getpid()}.part'
        try:
            try:
                with open(part, 'w', encoding='utf-8') as file:
                    file.write(text)
                os.replace(part, path)
            finally:
                if os.path.exists(part):
                    os.remove(part)
        except OSError as error:
            raise TraceError(f'{path} cannot be written: {error.strerror}') from None
        self._written = path

    @property
    def _count(self):
        return sum(len(epoch) for epoch in self.epochs)

    def _checked_layer(self, layer):
        last = len(self.layers) - 1
        try:
            index = operator.index(layer)
        except TypeError:
            raise TraceError(f'record({layer!r:.60}, ...): the first argument is the number of a layer, from 0 to {last}. Name the '
                             'quantities: trace.record(0, z=z).') from None
        if not 0 <= index <= last:
            raise TraceError(f'There is no layer {index}. Layers count from 0, the first one after the inputs, to {last}, the '
                             'output layer.')
        return index

    def _check_name(self, layer, name):
        here, there = (OF_A_STEP, self._of_a_layer) if layer is None else (self._of_a_layer, OF_A_STEP)
        if name in here:
            return
        if name in there and layer is None:
            raise TraceError(f'{name} belongs to a layer: say which one, as in trace.record(0, {name}=...).')
        if name in there:
            raise TraceError(f'{name} belongs to the whole step: trace.record({name}=...), without a layer.')
        message = f'There is no quantity {name}.'
        close = difflib.get_close_matches(name, here + there, 1)
        if name.split('_')[-1] in ('v', 'm', 's'):
            kept = ' and '.join(slots(self.optimizer)) or 'nothing'
            message += f' {title(self.optimizer)} keeps {kept} for each weight.'
        elif close:
            message += f' Did you mean {close[0]}?'
        raise TraceError(f'{message} Quantities of a layer: {", ".join(self._of_a_layer)}; of a step: {", ".join(OF_A_STEP)}.')

    @property
    def _of_a_layer(self):
        return OF_A_LAYER + [f'{weights}_{slot}' for slot in slots(self.optimizer) for weights in ('kernel', 'bias')]


def place(layer, name):
    return name if layer is None else f'{name} of layer {layer}'


def as_numbers(value, what):
    """A copy in float64, of an array, a list, or a tensor of PyTorch, TensorFlow or JAX."""
    if hasattr(value, 'detach'):
        value = value.detach().cpu().numpy()
    try:
        given = np.asarray(value)
    except (TypeError, ValueError):
        given = None  # such as rows of different lengths
    if given is None or given.dtype.kind not in 'biuf':
        kind = 'None: it is not computed yet' if value is None else f'not numbers but {value!r:.60}'
        raise TraceError(f'{what} is {kind}. Record an array of real numbers.')
    return np.array(given, dtype=np.float64)


def as_list(value, name):
    return value.item() if name == 'loss' and value.size == 1 else value.tolist()


def turned(exercise, kernel, batch):
    """The exercise in another layout: its numbers are the same."""
    layout = exercise['layout']
    wanted = {'kernel': kernel or layout['kernel'], 'batch': batch or layout['batch']}
    for key, choices in (('kernel', ('in-out', 'out-in')), ('batch', ('first', 'last'))):
        if wanted[key] not in choices:
            raise TraceError(f'{key}={wanted[key]!r}: give {choices[0]!r} or {choices[1]!r}.')
    transposed = lambda rows: [list(column) for column in zip(*rows)]
    exercise = dict(exercise, layout=wanted)
    if wanted['batch'] != layout['batch']:
        exercise['data'] = {name: transposed(rows) for name, rows in exercise['data'].items()}
    if wanted['kernel'] != layout['kernel']:
        layers = [dict(layer, kernel=transposed(layer['kernel'])) for layer in exercise['model']['layers']]
        exercise['model'] = dict(exercise['model'], layers=layers)
    return exercise


# What there is to program, in formulas.

ACTIVATIONS = {
    'sigmoid': 'f(z) = 1 / (1 + exp(-z))',
    'relu': "f(z) = max(z, 0), with f'(0) = 0",
    'leaky_relu': "f(z) = z where z > 0, else 0.01*z, with f'(0) = 0.01",
    'linear': 'f(z) = z',
    'tanh': 'f(z) = tanh(z)',
    'elu': 'f(z) = z where z > 0, else exp(z) - 1',
    'gelu': 'f(z) = z * (1 + erf(z / sqrt(2))) / 2',
    'gelu_tanh': 'f(z) = z * (1 + tanh(sqrt(2/pi) * (z + 0.044715*z^3))) / 2',
    'silu': 'f(z) = z / (1 + exp(-z))',
    'softplus': 'f(z) = ln(1 + exp(z))',
    'relu6': "f(z) = min(max(z, 0), 6), with f'(0) = f'(6) = 0",
    'softmax': 'f(z)_p = exp(z_p) / sum_q exp(z_q), over the outputs of a row',
}
LOSSES = {
    'mse': 'C = 1/N sum_n sum_p (a - y)^2  (summed over outputs, no factor 1/2)',
    'mae': 'C = 1/N sum_n sum_p |a - y|, with derivative 0 where a = y',
    'huber': 'C = 1/N sum_n sum_p h(a - y), h(e) = e^2/2 where |e| <= {delta}, else {delta}*(|e| - {delta}/2)',
    'softmax_cross_entropy': 'C = -1/N sum_n sum_p y * ln(a)',
    'binary_cross_entropy': 'C = -1/N sum_n (y * ln(a) + (1 - y) * ln(1 - a))',
}
SCHEDULES = {
    'constant': 'rate = {learning_rate}',
    'decay': 'rate = {learning_rate} / (epoch*S + 1), epoch from 0, S = {steps} steps in an epoch: the same for a whole epoch',
    'decay_per_step': 'rate = {learning_rate} / (epoch*S + step + 1), epoch and step from 0, S = {steps} steps in an epoch',
}
OWN_SCHEDULE = ('rate = {expression}, eta0 = {learning_rate}, epoch and step from 0, steps = {steps} in an epoch, '
                't = epoch*steps + step')
DIVIDED = 'd = rate*g / (sqrt(s) + epsilon)'
ADAM = ['m <- beta1*m + (1 - beta1)*g;  s <- beta2*s + (1 - beta2)*g^2',
        'w <- w - rate * (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + epsilon), in step t, from 1']


def slots(optimizer):
    """The names of what the optimiser keeps for each weight."""
    momentum = ['v'] if optimizer.get('momentum', 0) != 0 else []
    return {'sgd': momentum, 'adagrad': ['s'] + momentum, 'rmsprop': ['s'] + momentum}.get(optimizer['name'], ['m', 's'])


def title(optimizer):
    return {'sgd': 'SGD', 'adagrad': 'Adagrad', 'rmsprop': 'RMSprop', 'adam': 'Adam', 'adamw': 'AdamW'}.get(
        optimizer['name'], optimizer['name'])


def update_equations(optimizer):
    """One step, for each weight w with gradient g."""
    name = optimizer['name']
    step = 'v <- momentum*v + d;  w <- w - v' if 'v' in slots(optimizer) else 'w <- w - d'
    if name == 'sgd' and 'v' in slots(optimizer):
        nesterov = optimizer.get('nesterov') in (True, 'yes')
        step = 'v <- momentum*v + rate*g;  ' + ('w <- w - (momentum*v + rate*g)' if nesterov else 'w <- w - v')
    return {
        'sgd': [step if 'v' in slots(optimizer) else 'w <- w - rate*g'],
        'adagrad': ['s <- s + g^2;  ' + DIVIDED, step],
        'rmsprop': ['s <- rho*s + (1 - rho)*g^2;  ' + DIVIDED, step],
        'adam': ADAM,
        'adamw': ['w <- w - rate*weight_decay*w, then:'] + ADAM,
    }.get(name, [name])


def summary(trace):
    """The exercise in a few lines of plain text."""
    in_out, first = trace.layout['kernel'] == 'in-out', trace.layout['batch'] == 'first'
    x, y = (trace.x, trace.y) if first else (trace.x.T, trace.y.T)
    (rows, inputs), outputs = x.shape, y.shape[1]
    kernel = 'kernel' if in_out == first else 'kernel.T'
    z = f'z = a_before @ {kernel} + bias' if first else f'z = {kernel} @ a_before + bias[:, None]'
    sizes = '-'.join(str(n) for n in [inputs] + [layer.units for layer in trace.layers])
    lines = [
        f'{trace.exercise.get("name", "exercise")}: a network {sizes}',
        '',
        f'data     x {trace.x.shape}, y {trace.y.shape}: {counted(rows, "row")}, in the {"first" if first else "last"} dimension',
        f'         {counted(inputs, "input")}, {counted(outputs, "output")}; N is the number of rows in a batch, P = {outputs}',
    ]
    for index, layer in enumerate(trace.layers):
        biases = 'no bias' if layer.bias is None else f'bias {layer.bias.shape}'
        lines.append(f'layer {index}  {layer.activation}; kernel {layer.kernel.shape}, {biases}')
    lines += ['', f'forward  {z}; a = f(z)', '         (a_before is x in layer 0)']
    for name in dict.fromkeys(layer.activation for layer in trace.layers):
        lines.append(f'         {name}: {ACTIVATIONS.get(name, "see the documentation of fys-nn")}')
    formula = LOSSES.get(trace.loss, 'see the documentation of fys-nn')
    lines += ['', f'loss     {trace.loss}: {formula.replace("{delta}", str(trace.delta if trace.delta is not None else 1))}',
              '         delta = dC/dz of each layer; it contains the 1/N of C']
    penalties = [text for lam, text in ((trace.l2, f'{trace.l2} * sum(w^2)'), (trace.l1, f'{trace.l1} * sum(|w|)')) if lam]
    gradients = [text for lam, text in ((trace.l2, f'{2 * trace.l2}*w'), (trace.l1, f'{trace.l1}*sign(w)')) if lam]
    if penalties:
        which = 'all kernels and biases' if trace.penalize == 'all' else 'all kernels, not the biases'
        lines += [f'penalty  {" + ".join(penalties)} over {which}',
                  f'         g = dC/dw + {" + ".join(gradients)}; the recorded loss is C alone']
    else:
        lines.append('penalty  none: g = dC/dw')
    optimizer = trace.optimizer
    lines.append('')
    clip = optimizer.get('clip_norm')
    if clip not in (None, 'none'):
        lines.append(f'clipping g <- g * min(1, {clip} / (norm + 1e-6)), norm = sqrt(sum of g^2 over all weights)')
    first_line, *others = update_equations(optimizer)
    lines += [f'step     {title(optimizer)}: {first_line}'] + [f'         {line}' for line in others]
    used = [key for key in ('momentum', 'rho', 'beta1', 'beta2', 'epsilon', 'weight_decay')
            if key in optimizer and (key != 'momentum' or optimizer[key] != 0)]
    if slots(optimizer):
        lines.append(f'         {", ".join(f"{key} = {optimizer[key]}" for key in used)}; {" and ".join(slots(optimizer))} from 0')
    steps = len(trace.epochs[0])
    schedule = SCHEDULES.get(optimizer['schedule'], OWN_SCHEDULE).format(
        learning_rate=trace.learning_rate, steps=steps, expression=optimizer['schedule'])
    lines.append('         ' + schedule)
    sizes = [len(batch) for batch in trace.epochs[0]]
    lines += ['', f'batches  {counted(len(trace.epochs), "epoch")} of {counted(steps, "step")}, with {", ".join(map(str, sizes[:8]))}'
              f'{", ..." if len(sizes) > 8 else ""} rows',
              f'record   of a layer: {", ".join(trace._of_a_layer)}', f'         of a step: {", ".join(OF_A_STEP)}']
    return '\n'.join(lines)


def counted(n, noun):
    return f'{n} {noun}' + ('' if n == 1 else 's')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit('usage: python3 fys_trace.py exercise.json')
    try:
        print(summary(load(sys.argv[1])))
    except TraceError as error:
        sys.exit(str(error))
