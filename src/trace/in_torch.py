"""Computes the exercises of answer files with PyTorch, and prints how far the answers are from that, for new-exercise.torch.test.ts."""
import json
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

def tensor(values):
    """In float64: targets of classes are written as whole numbers."""
    return torch.tensor(values, dtype=torch.float64)


ACTIVATIONS = {
    'linear': lambda z: z,
    'sigmoid': torch.sigmoid,
    'tanh': torch.tanh,
    'relu': F.relu,
    'leaky_relu': F.leaky_relu,
    'elu': F.elu,
    'relu6': F.relu6,
    'softplus': F.softplus,
    'silu': F.silu,
    'gelu': F.gelu,
    'gelu_tanh': lambda z: F.gelu(z, approximate='tanh'),
    'softmax': lambda z: F.softmax(z, dim=1),
}


def mean_loss(model, z, a, y):
    if model['loss'] == 'softmax_cross_entropy':
        return -(y * F.log_softmax(z, dim=1)).sum(dim=1).mean()
    if model['loss'] == 'binary_cross_entropy':
        return F.binary_cross_entropy_with_logits(z, y)
    each = {
        'mse': lambda: (a - y) ** 2,
        'mae': lambda: (a - y).abs(),
        'huber': lambda: F.huber_loss(a, y, reduction='none', delta=model['delta']),
    }[model['loss']]()
    return each.sum(dim=1).mean()


def optimiser(settings, parameters):
    name, rate = settings['name'], settings['learning_rate']
    if name == 'sgd':
        return torch.optim.SGD(parameters, rate, momentum=settings['momentum'], nesterov=settings['nesterov'])
    if name == 'adagrad':
        return torch.optim.Adagrad(parameters, rate, eps=settings['epsilon'])
    if name == 'rmsprop':
        return torch.optim.RMSprop(parameters, rate, settings['rho'], settings['epsilon'], momentum=settings['momentum'])
    betas = (settings['beta1'], settings['beta2'])
    if name == 'adam':
        return torch.optim.Adam(parameters, rate, betas, settings['epsilon'])
    return torch.optim.AdamW(parameters, rate, betas, settings['epsilon'], weight_decay=settings['weight_decay'])


def state_of(settings, kept, rate):
    """The optimiser's state by our names: the velocity of fys-nn contains the rate."""
    names = {'m': 'exp_avg', 's': 'exp_avg_sq' if 'exp_avg_sq' in kept else 'sum' if 'sum' in kept else 'square_avg'}
    found = {ours: kept[theirs] for ours, theirs in names.items() if theirs in kept}
    if settings.get('momentum', 0) > 0:
        found['v'] = rate * kept['momentum_buffer']
    return found


def difference(file):
    with open(file, encoding='utf-8') as stream:
        answers = json.load(stream)
    exercise = answers['exercise']
    model, settings, layout = exercise['model'], exercise['optimizer'], exercise['layout']
    rows_first = layout['batch'] == 'first'
    in_out = layout['kernel'] == 'in-out'
    of_rows = lambda values: tensor(values) if rows_first else tensor(values).T
    of_kernel = lambda values: tensor(values) if in_out else tensor(values).T
    x, y = of_rows(exercise['data']['x']), of_rows(exercise['data']['y'])
    kernels = [of_kernel(layer['kernel']).clone().requires_grad_() for layer in model['layers']]
    biases = [None if layer['bias'] is None else tensor(layer['bias']).requires_grad_() for layer in model['layers']]
    parameters = kernels + [bias for bias in biases if bias is not None]
    step_of = optimiser(settings, parameters)
    worst, compared = 0.0, 0

    def compare(ours, theirs):
        nonlocal worst, compared
        scale = max(theirs.abs().max().item(), 1e-5)
        assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
        worst = max(worst, (ours - theirs).abs().max().item() / scale)
        compared += ours.numel()

    batches = [batch for epoch in exercise['batches'] for batch in epoch]
    for step, rows in zip(answers['steps'], batches):
        zs, outputs = [], [x[rows]]
        for layer, kernel, bias in zip(model['layers'], kernels, biases):
            z = outputs[-1] @ kernel + (0 if bias is None else bias)
            z.retain_grad()
            zs.append(z)
            outputs.append(ACTIVATIONS[layer['activation']](z))
        loss = mean_loss(model, zs[-1], outputs[-1], y[rows])
        penalised = parameters if model['penalize'] == 'all' else kernels
        penalty = sum(model['l2'] * (w ** 2).sum() + model['l1'] * w.abs().sum() for w in penalised)
        step_of.zero_grad()
        (loss + penalty).backward()
        gradients = [None if w is None else w.grad.clone() for w in kernels + biases]
        if settings['clip_norm'] is not None:
            torch.nn.utils.clip_grad_norm_(parameters, settings['clip_norm'])
        step_of.step()
        compare(tensor(step['loss']), loss.detach())
        for index, (layer, z) in enumerate(zip(step['layers'], zs)):
            compare(of_rows(layer['z']), z.detach())
            compare(of_rows(layer['a']), outputs[index + 1].detach())
            compare(of_rows(layer['delta']), z.grad)
            for kind, read, all_of in (('kernel', of_kernel, kernels), ('bias', tensor, biases)):
                weights = all_of[index]
                if weights is None:
                    continue
                compare(read(layer[f'{kind}_gradient']), gradients[index + (kind == 'bias') * len(kernels)])
                compare(read(layer[kind]), weights.detach())
                for slot, state in state_of(settings, step_of.state[weights], settings['learning_rate']).items():
                    compare(read(layer[f'{kind}_{slot}']), state)
    return {'difference': worst, 'compared': compared}


print(json.dumps({file: difference(file) for file in sys.argv[1:]}))
