// Backpropagation in C++: g++ -std=c++17 -O2 backprop.cpp -o backprop && ./backprop exercise.json mine.json
//
// Kernels are [inputs][units], and each row of X is one row of the data. Gradient descent with momentum, an L2 penalty.
// What was added for `fys-nn trace check` is marked with "// trace".
#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include "fys_trace.hpp"  // trace

using fys::Matrix;
using Vector = std::vector<double>;

Matrix product(const Matrix& A, const Matrix& B) {
    Matrix C(A.rows(), B.cols());
    for (int i = 0; i < A.rows(); i++)
        for (int k = 0; k < A.cols(); k++)
            for (int j = 0; j < B.cols(); j++) C(i, j) += A(i, k) * B(k, j);
    return C;
}

double activate(const std::string& name, double z) {
    if (name == "sigmoid") return 1 / (1 + std::exp(-z));
    if (name == "tanh") return std::tanh(z);
    if (name == "relu") return z > 0 ? z : 0;
    if (name == "leaky_relu") return z > 0 ? z : 0.01 * z;
    if (name == "linear") return z;
    throw std::runtime_error("backprop.cpp has no activation " + name);
}

double derivative(const std::string& name, double z) {
    if (name == "sigmoid") return activate(name, z) * (1 - activate(name, z));
    if (name == "tanh") return 1 - std::tanh(z) * std::tanh(z);
    if (name == "relu") return z > 0 ? 1 : 0;
    if (name == "leaky_relu") return z > 0 ? 1 : 0.01;
    return 1;
}

Matrix softmax(const Matrix& z) {
    Matrix a = z;
    for (int n = 0; n < z.rows(); n++) {
        double largest = z(n, 0), sum = 0;
        for (int p = 0; p < z.cols(); p++) largest = std::max(largest, z(n, p));
        for (int p = 0; p < z.cols(); p++) sum += a(n, p) = std::exp(z(n, p) - largest);
        for (int p = 0; p < z.cols(); p++) a(n, p) /= sum;
    }
    return a;
}

struct Layer {
    std::string activation;
    Matrix W, VW;    // weights and their velocity
    Vector b, Vb;    // empty without biases
    Matrix z, a, delta;

    const Matrix& forward(const Matrix& input) {
        z = product(input, W);
        for (int n = 0; n < z.rows() && !b.empty(); n++)
            for (int h = 0; h < z.cols(); h++) z(n, h) += b[h];
        if (activation == "softmax") return a = softmax(z);
        a = z;
        for (int n = 0; n < z.rows(); n++)
            for (int h = 0; h < z.cols(); h++) a(n, h) = activate(activation, z(n, h));
        return a;
    }
};

double cost(const std::string& loss, const Matrix& a, const Matrix& y) {
    double sum = 0;
    for (int n = 0; n < a.rows(); n++)
        for (int p = 0; p < a.cols(); p++) {
            if (loss == "mse") sum += std::pow(a(n, p) - y(n, p), 2);
            else if (y(n, p) > 0) sum -= y(n, p) * std::log(a(n, p));
            if (loss == "binary_cross_entropy" && y(n, p) < 1) sum -= (1 - y(n, p)) * std::log(1 - a(n, p));
        }
    return sum / a.rows();
}

/** dC/dz of every layer. */
void backpropagate(std::vector<Layer>& layers, const std::string& loss, const Matrix& y) {
    Layer& last = layers.back();
    last.delta = last.a;
    for (int n = 0; n < y.rows(); n++)
        for (int p = 0; p < y.cols(); p++) {
            last.delta(n, p) = (last.a(n, p) - y(n, p)) / y.rows();
            if (loss == "mse") last.delta(n, p) *= 2 * derivative(last.activation, last.z(n, p));
        }
    for (int l = int(layers.size()) - 2; l >= 0; l--) {
        layers[l].delta = product(layers[l + 1].delta, fys::transposed(layers[l + 1].W));
        for (int n = 0; n < y.rows(); n++)
            for (int h = 0; h < layers[l].z.cols(); h++) layers[l].delta(n, h) *= derivative(layers[l].activation, layers[l].z(n, h));
    }
}

Matrix take(const Matrix& m, const std::vector<int>& rows) {
    Matrix taken(int(rows.size()), m.cols());
    for (int n = 0; n < taken.rows(); n++)
        for (int j = 0; j < m.cols(); j++) taken(n, j) = m(rows[n], j);
    return taken;
}

void train(fys::Trace& trace, double momentum) {
    std::vector<Layer> layers;
    for (const auto& layer : trace.layers)
        layers.push_back({layer.activation, layer.kernel, Matrix(layer.kernel.rows(), layer.kernel.cols()), layer.bias,
                          Vector(layer.bias.size(), 0), {}, {}, {}});
    const double bias_l2 = trace.penalize == "all" ? trace.l2 : 0;
    int epoch = 0;
    for (const auto& batches : trace.epochs) {
        const bool decays = trace.optimizer["schedule"].text == "decay";
        const double rate = decays ? trace.learning_rate / (epoch * double(batches.size()) + 1) : trace.learning_rate;
        for (const auto& rows : batches) {
            const Matrix X = take(trace.x, rows), y = take(trace.y, rows);
            Matrix a = X;
            for (Layer& layer : layers) a = layer.forward(a);
            backpropagate(layers, trace.loss, y);
            trace.record("x", X);                             // trace
            trace.record("y", y);                             // trace
            trace.record("loss", cost(trace.loss, a, y));     // trace
            for (int l = 0; l < int(layers.size()); l++) {
                Layer& layer = layers[l];
                Matrix gradient = product(fys::transposed(l == 0 ? X : layers[l - 1].a), layer.delta);
                for (int i = 0; i < gradient.rows(); i++)
                    for (int h = 0; h < gradient.cols(); h++) {
                        gradient(i, h) += 2 * trace.l2 * layer.W(i, h);
                        layer.VW(i, h) = momentum * layer.VW(i, h) + rate * gradient(i, h);
                        layer.W(i, h) -= layer.VW(i, h);
                    }
                trace.record(l, "z", layer.z);                 // trace
                trace.record(l, "a", layer.a);                 // trace
                trace.record(l, "delta", layer.delta);         // trace
                trace.record(l, "kernel_gradient", gradient);  // trace
                trace.record(l, "kernel", layer.W);            // trace
                if (momentum != 0) trace.record(l, "kernel_v", layer.VW);  // trace
                if (layer.b.empty()) continue;
                Vector bias_gradient(layer.b.size());
                for (int h = 0; h < int(layer.b.size()); h++) {
                    for (int n = 0; n < y.rows(); n++) bias_gradient[h] += layer.delta(n, h);
                    bias_gradient[h] += 2 * bias_l2 * layer.b[h];
                    layer.Vb[h] = momentum * layer.Vb[h] + rate * bias_gradient[h];
                    layer.b[h] -= layer.Vb[h];
                }
                trace.record(l, "bias_gradient", bias_gradient);           // trace
                trace.record(l, "bias", layer.b);                          // trace
                if (momentum != 0) trace.record(l, "bias_v", layer.Vb);    // trace
            }
            trace.end_step();  // trace
        }
        epoch++;
    }
}

int main(int count, char** arguments) {
    if (count != 3) {
        std::cerr << "usage: ./backprop exercise.json mine.json\n";
        return 2;
    }
    try {
        fys::Trace trace(arguments[1], "in-out", "first");  // trace
        const auto& given = trace.optimizer;
        const std::string schedule = given["schedule"].text;
        const bool knows_loss = trace.loss == "mse" || trace.loss == "softmax_cross_entropy" || trace.loss == "binary_cross_entropy";
        if (!knows_loss || given["name"].text != "sgd" || (schedule != "constant" && schedule != "decay") || trace.l1 != 0 ||
            given.has("clip_norm") || (given.has("nesterov") && given["nesterov"].number != 0))
            throw std::runtime_error("backprop.cpp has SGD with momentum, an L2 penalty, mse and cross-entropies; "
                                     "examples/python/backprop_class.py has more");
        train(trace, given.has("momentum") ? given["momentum"].number : 0);
        trace.write(arguments[2], "backprop.cpp");  // trace
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
