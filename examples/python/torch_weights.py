"""Writes the weights that PyTorch draws, for `fys-nn ffnn --hidden 8 --init-weights init.npz`: torch_weights.py init.npz"""
import sys

import numpy as np
import torch

torch.manual_seed(1)
net = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
np.savez(sys.argv[1], **{name: values.numpy() for name, values in net.state_dict().items()})
