"""Predicts with NumPy alone: numpy_predict.py model.npz rows.csv

model.npz is from `fys-nn model export model.json --format npz`; rows.csv has a header and the columns of the data.
"""
import json
import math
import sys

import numpy as np

model = np.load(sys.argv[1])
facts = json.loads(model['model.json'])
sigmoid = lambda z: 1 / (1 + np.exp(-z))
activations = {
    'linear': lambda z: z,
    'sigmoid': sigmoid,
    'tanh': np.tanh,
    'relu': lambda z: np.maximum(z, 0),
    'leaky_relu': lambda z: np.where(z > 0, z, 0.01 * z),
    'relu6': lambda z: np.clip(z, 0, 6),
    'elu': lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    'silu': lambda z: z * sigmoid(z),
    'softplus': lambda z: np.logaddexp(0, z),
    'gelu': lambda z: z * np.vectorize(lambda t: 0.5 * math.erfc(-t / math.sqrt(2)))(z),
    'gelu_tanh': lambda z: z * sigmoid(1.5957691216057308 * z * (1 + 0.044715 * z * z)),
    'softmax': lambda z: np.exp(z - z.max(1, keepdims=True)) / np.exp(z - z.max(1, keepdims=True)).sum(1, keepdims=True),
}

x = np.loadtxt(sys.argv[2], delimiter=',', skiprows=1, ndmin=2)
steps = {name.rsplit('_', 1)[0] for name in model.files if name.startswith('preprocessing_')}
for step in sorted(steps, key=lambda name: int(name.split('_')[1])):
    given = {name[len(step) + 1:]: model[name] for name in model.files if name.startswith(step + '_')}
    kind = step.split('_')[2]
    if kind == 'fill':
        x = np.where(np.isnan(x), given['by'], x)
    elif kind == 'divide':
        x = x / given['by']
    elif kind == 'subtract':
        x = x - given['means']
    elif kind == 'polynomial':
        x = np.prod(x[:, None, :] ** given['exponents'], axis=2)
    elif kind == 'scale':
        varies = given['factors'] != 0
        x = np.where(varies, (x - given['offsets']) / np.where(varies, given['factors'], 1), 0)
    else:
        sys.exit(f'this script does not know the step {kind}')

x = x.astype(facts['dtype'])
for layer, activation in enumerate(json.loads(facts['activations'])):
    z = x @ model[f'kernel_{layer}']
    if f'bias_{layer}' in model.files:
        z = z + model[f'bias_{layer}']
    x = activations[activation](z)
for row in x.astype('float64') * model['target_factor'] + model['target_offset']:
    print(*row, sep=',')
