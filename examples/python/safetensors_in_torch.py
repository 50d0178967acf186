"""Makes a PyTorch network of a safetensors file: safetensors_in_torch.py model.safetensors

model.safetensors is from `fys-nn model export model.json --format safetensors`. Uses the package safetensors if it is installed.
"""
import json
import struct
import sys

import torch


def load(path):
    try:
        from safetensors.torch import load_file
        return load_file(path)
    except ImportError:
        data = open(path, 'rb').read()
        (length,) = struct.unpack('<Q', data[:8])
        header = json.loads(data[8:8 + length])
        types = {'F32': torch.float32, 'F64': torch.float64}
        body = bytearray(data[8 + length:])
        return {
            name: torch.frombuffer(body, dtype=types[one['dtype']], offset=one['data_offsets'][0],
                                   count=max(1, torch.Size(one['shape']).numel())).reshape(one['shape'])
            for name, one in header.items() if name != '__metadata__'
        }


arrays = load(sys.argv[1])
layers = []
while f'layers.{len(layers)}.kernel' in arrays:
    kernel, bias = (arrays.get(f'layers.{len(layers)}.{name}') for name in ('kernel', 'bias'))
    layer = torch.nn.Linear(*kernel.shape, bias=bias is not None, dtype=kernel.dtype)
    # PyTorch has [units][inputs].
    layer.weight = torch.nn.Parameter(kernel.T.contiguous())
    if bias is not None:
        layer.bias = torch.nn.Parameter(bias.clone())
    layers.append(layer)
for layer in layers:
    print(layer, *layer.weight[0, :2].tolist())
