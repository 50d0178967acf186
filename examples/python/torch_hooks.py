"""What autograd and torch.optim compute, recorded with hooks: torch_hooks.py exercise.json mine.json

The kernel of nn.Linear is [units][inputs], and each row of X is one row of the data. To record a network of your own, take
`watch` and the last lines of the training loop. PyTorch's velocity is without the learning rate, which `fys-nn trace check`
recognises.
"""
import sys

import torch
from torch import nn

from fys_trace import load

torch.set_default_dtype(torch.float64)

ACTIVATIONS = {
    'sigmoid': nn.Sigmoid, 'tanh': nn.Tanh, 'relu': nn.ReLU, 'leaky_relu': lambda: nn.LeakyReLU(0.01), 'relu6': nn.ReLU6,
    'elu': nn.ELU, 'silu': nn.SiLU, 'softplus': nn.Softplus, 'gelu': nn.GELU, 'gelu_tanh': lambda: nn.GELU(approximate='tanh'),
    'linear': nn.Identity, 'softmax': lambda: nn.Softmax(dim=1),
}
# The name of fys-nn for what torch.optim keeps of each weight.
SLOTS = {'momentum_buffer': 'v', 'sum': 's', 'square_avg': 's', 'exp_avg': 'm', 'exp_avg_sq': 's'}


def make_loss(trace):
    """The loss from z and a of the output layer. Sums over outputs, means over rows."""
    if trace.loss == 'softmax_cross_entropy':
        return lambda z, a, y: -(y * torch.log_softmax(z, dim=1)).sum() / len(y)
    if trace.loss == 'binary_cross_entropy':
        return lambda z, a, y: nn.functional.binary_cross_entropy_with_logits(z, y)
    value = {'mse': nn.MSELoss(reduction='sum'), 'mae': nn.L1Loss(reduction='sum'),
             'huber': nn.HuberLoss(reduction='sum', delta=1.0 if trace.delta is None else trace.delta)}[trace.loss]
    return lambda z, a, y: value(a, y) / len(y)


def make_optimizer(trace, parameters):
    given, rate = trace.optimizer, trace.learning_rate
    name, momentum, epsilon = given['name'], given.get('momentum', 0), given.get('epsilon')
    if given['schedule'] not in ('constant', 'decay'):
        sys.exit(f'torch_hooks.py has no schedule {given["schedule"]}')
    if momentum and given['schedule'] != 'constant':
        sys.exit("PyTorch's velocity does not contain the rate: with a schedule, that is another optimiser")
    if name == 'sgd':
        return torch.optim.SGD(parameters, rate, momentum, nesterov=given.get('nesterov') in (True, 'yes'))
    if name == 'adagrad':
        if momentum:
            sys.exit('torch.optim.Adagrad has no momentum')
        return torch.optim.Adagrad(parameters, rate, eps=epsilon)
    if name == 'rmsprop':
        return torch.optim.RMSprop(parameters, rate, alpha=given['rho'], eps=epsilon, momentum=momentum)
    betas = (given['beta1'], given['beta2'])
    if name == 'adam':
        return torch.optim.Adam(parameters, rate, betas, epsilon)
    if name == 'adamw':
        return torch.optim.AdamW(parameters, rate, betas, epsilon, weight_decay=given['weight_decay'])
    sys.exit(f'torch_hooks.py has no optimiser {name}')


def make_network(trace):
    modules = []
    for layer in trace.layers:
        units, inputs = layer.kernel.shape
        linear = nn.Linear(inputs, units, bias=layer.bias is not None)
        linear.weight.data = torch.tensor(layer.kernel)
        if layer.bias is not None:
            linear.bias.data = torch.tensor(layer.bias)
        modules += [linear, ACTIVATIONS[layer.activation]()]
    return nn.Sequential(*modules)


def watch(network):
    """Keeps z of each layer, with its gradient, and a: lists that each forward pass fills anew."""
    zs, outputs = {}, {}

    def keep_z(module, inputs, z):
        z.retain_grad()
        zs[module] = z

    def keep_a(module, inputs, a):
        outputs[module] = a

    for linear, activation in zip(network[::2], network[1::2]):
        linear.register_forward_hook(keep_z)
        activation.register_forward_hook(keep_a)
    return zs, outputs


def penalty(network, trace):
    penalised = [w for name, w in network.named_parameters() if trace.penalize == 'all' or name.endswith('weight')]
    return sum(trace.l2 * (w ** 2).sum() + trace.l1 * w.abs().sum() for w in penalised)


trace = load(sys.argv[1], kernel='out-in', batch='first')
network = make_network(trace)
zs, outputs = watch(network)
loss_of, optimizer = make_loss(trace), make_optimizer(trace, network.parameters())
X, Y = torch.tensor(trace.x), torch.tensor(trace.y)

for epoch, batches in enumerate(trace.epochs):
    if trace.optimizer['schedule'] == 'decay':
        optimizer.param_groups[0]['lr'] = trace.learning_rate / (epoch * len(batches) + 1)
    for rows in batches:
        x, y = X[rows], Y[rows]
        a = network(x)
        loss = loss_of(zs[network[-2]], a, y)
        optimizer.zero_grad()
        (loss + penalty(network, trace)).backward()

        trace.record(x=x, y=y, loss=loss)
        for index, (linear, activation) in enumerate(zip(network[::2], network[1::2])):
            trace.record(index, z=zs[linear], a=outputs[activation], delta=zs[linear].grad, kernel_gradient=linear.weight.grad)
            if linear.bias is not None:
                trace.record(index, bias_gradient=linear.bias.grad)

        if trace.optimizer.get('clip_norm') not in (None, 'none'):
            nn.utils.clip_grad_norm_(network.parameters(), trace.optimizer['clip_norm'])
        optimizer.step()

        for index, linear in enumerate(network[::2]):
            for name, w in (('kernel', linear.weight), ('bias', linear.bias)):
                if w is None:
                    continue
                kept = {SLOTS[slot]: value for slot, value in optimizer.state[w].items() if slot in SLOTS and value is not None}
                trace.record(index, **{name: w}, **{f'{name}_{slot}': value for slot, value in kept.items()})
        trace.end_step()
trace.write(sys.argv[2], program=f'torch_hooks.py, PyTorch {torch.__version__}')
