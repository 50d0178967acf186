"""Runs an ONNX file in PyTorch, without onnxruntime: onnx_in_torch.py model.onnx rows.csv

model.onnx is from `fys-nn model export model.json --format onnx`; rows.csv has a header and the columns of the data. Needs the Python
packages onnx and torch.
"""
import sys

import numpy as np
import onnx
import torch
from onnx import numpy_helper

TYPES = {1: torch.float32, 7: torch.int64, 11: torch.float64}
OPERATORS = {
    'Abs': torch.abs, 'Add': torch.add, 'Div': torch.div, 'Exp': torch.exp, 'Erf': torch.erf, 'Greater': torch.gt,
    'Identity': lambda x: x, 'IsNaN': torch.isnan, 'Less': torch.lt, 'Log': torch.log, 'MatMul': torch.matmul,
    'Max': torch.maximum, 'Min': torch.minimum, 'Mul': torch.mul, 'Neg': torch.neg, 'Not': torch.logical_not,
    'Pow': torch.pow, 'Reciprocal': torch.reciprocal, 'Relu': torch.relu, 'Sigmoid': torch.sigmoid, 'Sub': torch.sub,
    'Tanh': torch.tanh, 'Where': torch.where,
    'ArgMax': lambda x, axis, keepdims: x.argmax(axis),
    'Cast': lambda x, to: x.to(TYPES[to]),
    'Clip': lambda x, low, high: x.clamp(low.item(), high.item()),
    'Concat': lambda *parts, axis: torch.cat(parts, axis),
    'Gather': lambda x, columns, axis: x.index_select(axis, columns),
    'Gemm': lambda x, kernel, bias=0: x @ kernel + bias,
    'Softmax': lambda x, axis: x.softmax(axis),
    'Squeeze': lambda x, axes: x.squeeze(axes.item()),
    'Unsqueeze': lambda x, axes: x.unsqueeze(axes.item()),
}

model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
graph = model.graph
values = {one.name: torch.tensor(numpy_helper.to_array(one)) for one in graph.initializer}
[rows] = graph.input
table = np.loadtxt(sys.argv[2], delimiter=',', skiprows=1, ndmin=2)
values[rows.name] = torch.tensor(table).to(TYPES[rows.type.tensor_type.elem_type])
for node in graph.node:
    attributes = {one.name: one.i for one in node.attribute}
    values[node.output[0]] = OPERATORS[node.op_type](*(values[name] for name in node.input), **attributes)
for output in graph.output:
    print(output.name, *values[output.name].tolist(), sep='\n')
