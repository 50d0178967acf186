"""What tf.GradientTape and Keras's optimisers compute, recorded: keras_hooks.py exercise.json mine.json

The kernel of keras.layers.Dense is [inputs][units], and each row of X is one row of the data. To record a network of your own,
take `outputs_of_layers` and the last lines of the training loop. Keras's velocity has the other sign, which `fys-nn trace check`
recognises.

Adagrad and RMSprop of Keras have epsilon inside the root, sqrt(s + epsilon), so they are other optimisers than those of
PyTorch, fys-nn and most textbooks, and are not offered here.
"""
import os
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
os.environ['KERAS_BACKEND'] = 'tensorflow'

import keras
import numpy as np
import tensorflow as tf

from fys_trace import load

keras.backend.set_floatx('float64')

# Those of TensorFlow have constants that are rounded to float32, also in float64.
ACTIVATIONS = {
    'leaky_relu': lambda z: tf.where(z > 0, z, 0.01 * z),
    'gelu': lambda z: z * (1 + tf.math.erf(z / 2 ** 0.5)) / 2,
    'gelu_tanh': lambda z: z * (1 + tf.tanh((2 / np.pi) ** 0.5 * (z + 0.044715 * z ** 3))) / 2,
}


def make_loss(trace):
    """The loss from z and a of the output layer. Sums over outputs, means over rows."""
    width = 1.0 if trace.delta is None else trace.delta

    def huber(e):
        return tf.where(e <= width, e ** 2 / 2, width * (e - width / 2))

    return {
        'mse': lambda z, a, y: tf.reduce_sum((a - y) ** 2) / len(y),
        'mae': lambda z, a, y: tf.reduce_sum(tf.abs(a - y)) / len(y),
        'huber': lambda z, a, y: tf.reduce_sum(huber(tf.abs(a - y))) / len(y),
        'softmax_cross_entropy': lambda z, a, y: tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, z)),
        'binary_cross_entropy': lambda z, a, y: tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, z)),
    }[trace.loss]


def make_optimizer(trace):
    # np.float64, because TensorFlow rounds Python's numbers to float32 on the way.
    given, rate = trace.optimizer, np.float64(trace.learning_rate)
    if given['schedule'] not in ('constant', 'decay'):
        sys.exit(f'keras_hooks.py has no schedule {given["schedule"]}')
    if given['name'] == 'sgd':
        return keras.optimizers.SGD(rate, np.float64(given.get('momentum', 0)), nesterov=given.get('nesterov') in (True, 'yes'))
    settings = {'beta_1': np.float64(given.get('beta1', 0)), 'beta_2': np.float64(given.get('beta2', 0)), 'epsilon': given.get('epsilon')}
    if given['name'] == 'adam':
        return keras.optimizers.Adam(rate, **settings)
    if given['name'] == 'adamw':
        return keras.optimizers.AdamW(rate, weight_decay=np.float64(given['weight_decay']), **settings)
    sys.exit(f'keras_hooks.py has no {given["name"]}: that of Keras has epsilon inside the root, sqrt(s + epsilon)')


def make_network(trace):
    inputs = keras.Input((trace.x.shape[1],))
    layers, a = [], inputs
    for layer in trace.layers:
        dense = keras.layers.Dense(layer.units, use_bias=layer.bias is not None)
        activation = keras.layers.Activation(ACTIVATIONS.get(layer.activation, layer.activation))
        a = activation(dense(a))
        dense.set_weights([layer.kernel] if layer.bias is None else [layer.kernel, layer.bias])
        layers.append((dense, activation))
    return keras.Model(inputs, a), layers


def outputs_of_layers(network, layers):
    """The same network, which returns z and a of every layer."""
    return keras.Model(network.input, [one.output for layer in layers for one in layer])


def penalty(layers, trace):
    penalised = [w for dense, _ in layers for w in (dense.weights if trace.penalize == 'all' else [dense.kernel])]
    return sum(trace.l2 * tf.reduce_sum(w ** 2) + trace.l1 * tf.reduce_sum(tf.abs(w)) for w in penalised)


def state_of(optimizer, w):
    """What Keras's optimiser keeps of a weight, with the names of fys-nn."""
    index = optimizer._get_variable_index(w)
    if isinstance(optimizer, keras.optimizers.SGD):
        return {'v': optimizer.momentums[index]} if optimizer.momentum else {}
    return {'m': optimizer._momentums[index], 's': optimizer._velocities[index]}


trace = load(sys.argv[1], kernel='in-out', batch='first')
network, layers = make_network(trace)
watched = outputs_of_layers(network, layers)
loss_of, optimizer = make_loss(trace), make_optimizer(trace)
weights = network.trainable_weights
optimizer.build(weights)
step = 0

for epoch, batches in enumerate(trace.epochs):
    if trace.optimizer['schedule'] == 'decay':
        optimizer.learning_rate = trace.learning_rate / (epoch * len(batches) + 1)
    for rows in batches:
        x, y = trace.x[rows], trace.y[rows]
        with tf.GradientTape() as tape:
            passed = watched(x)
            zs, outputs = passed[::2], passed[1::2]
            loss = loss_of(zs[-1], outputs[-1], y)
            cost = loss + penalty(layers, trace)
        deltas, gradients = tape.gradient(cost, [zs, weights])
        gradient_of = {id(w): gradient for w, gradient in zip(weights, gradients)}

        trace.record(x=x, y=y, loss=loss)
        for index, ((dense, _), z, a, delta) in enumerate(zip(layers, zs, outputs, deltas)):
            trace.record(index, z=z, a=a, delta=delta)
            trace.record(index, **{f'{w.name}_gradient': gradient_of[id(w)] for w in dense.weights})

        clip_norm = trace.optimizer.get('clip_norm')
        if clip_norm not in (None, 'none'):
            norm = tf.linalg.global_norm(gradients)
            gradients = [gradient * tf.minimum(1.0, clip_norm / (norm + 1e-6)) for gradient in gradients]
        step += 1
        if hasattr(optimizer, 'epsilon'):
            # Keras adds epsilon to sqrt(s), and corrects the bias of s after that.
            optimizer.epsilon = trace.optimizer['epsilon'] * (1 - trace.optimizer['beta2'] ** step) ** 0.5
        optimizer.apply_gradients(zip(gradients, weights))

        for index, (dense, _) in enumerate(layers):
            for w in dense.weights:
                trace.record(index, **{w.name: w}, **{f'{w.name}_{slot}': kept for slot, kept in state_of(optimizer, w).items()})
        trace.end_step()
trace.write(sys.argv[2], program=f'keras_hooks.py, Keras {keras.__version__}, TensorFlow {tf.__version__}')
