# Backpropagation in Julia: julia backprop.jl exercise.json mine.json
#
# Kernels are [units][inputs], and each column of X is one row of the data. Gradient descent with momentum, an L2 penalty.
# What was added for `fys-nn trace check` is marked with "# trace".
include("fys_trace.jl")    # trace
using .FysTrace            # trace

sigmoid(z) = 1 / (1 + exp(-z))

# f and f' of each activation, both of one number z
const ACTIVATIONS = Dict(
    "sigmoid" => (sigmoid, z -> sigmoid(z) * (1 - sigmoid(z))),
    "tanh" => (tanh, z -> 1 - tanh(z)^2),
    "relu" => (z -> z > 0 ? z : zero(z), z -> z > 0 ? one(z) : zero(z)),
    "leaky_relu" => (z -> z > 0 ? z : 0.01z, z -> z > 0 ? 1.0 : 0.01),
    "linear" => (z -> z, z -> one(z)),
)

"Over the outputs of each row of the data, which is a column."
function softmax(z)
    e = exp.(z .- maximum(z, dims = 1))
    return e ./ sum(e, dims = 1)
end

activate(name, z) = name == "softmax" ? softmax(z) : ACTIVATIONS[name][1].(z)
derivative(name, z) = ACTIVATIONS[name][2].(z)

function cost(loss, a, y)
    N = size(y, 2)
    loss == "mse" && return sum((a .- y) .^ 2) / N
    loss == "softmax_cross_entropy" && return -sum(y .* log.(a)) / N
    return -sum(y .* log.(a) .+ (1 .- y) .* log.(1 .- a)) / N
end

"dC/dz of the output layer."
function output_delta(loss, activation, z, a, y)
    N = size(y, 2)
    loss == "mse" && return 2 .* (a .- y) ./ N .* derivative(activation, z)
    return (a .- y) ./ N
end

function train(trace, momentum)
    W = [copy(layer.kernel) for layer in trace.layers]
    b = [layer.bias === nothing ? zeros(layer.units) : copy(layer.bias) for layer in trace.layers]
    VW, Vb = zero.(W), zero.(b)
    names = [layer.activation for layer in trace.layers]
    L = length(W)
    bias_l2 = trace.penalize == "all" ? trace.l2 : 0.0
    for (epoch, batches) in enumerate(trace.epochs)
        rate = trace.learning_rate
        if trace.optimizer["schedule"] == "decay"
            rate /= (epoch - 1) * length(batches) + 1
        end
        for rows in batches
            X, y = trace.x[:, rows], trace.y[:, rows]
            z, a = Matrix{Float64}[], Matrix{Float64}[]
            for l in 1:L
                push!(z, W[l] * (l == 1 ? X : a[l - 1]) .+ b[l])
                push!(a, activate(names[l], z[l]))
            end
            delta = copy(z)
            delta[L] = output_delta(trace.loss, names[L], z[L], a[L], y)
            for l in (L - 1):-1:1
                delta[l] = (W[l + 1]' * delta[l + 1]) .* derivative(names[l], z[l])
            end
            record!(trace, x = X, y = y, loss = cost(trace.loss, a[L], y))    # trace
            for l in 1:L
                kernel_gradient = delta[l] * (l == 1 ? X : a[l - 1])' .+ 2 * trace.l2 .* W[l]
                VW[l] = momentum .* VW[l] .+ rate .* kernel_gradient
                W[l] = W[l] .- VW[l]
                record!(trace, l, z = z[l], a = a[l], delta = delta[l])                # trace
                record!(trace, l, kernel_gradient = kernel_gradient, kernel = W[l])    # trace
                momentum != 0 && record!(trace, l, kernel_v = VW[l])                   # trace
                trace.layers[l].bias === nothing && continue
                bias_gradient = vec(sum(delta[l], dims = 2)) .+ 2 * bias_l2 .* b[l]
                Vb[l] = momentum .* Vb[l] .+ rate .* bias_gradient
                b[l] = b[l] .- Vb[l]
                record!(trace, l, bias_gradient = bias_gradient, bias = b[l])          # trace
                momentum != 0 && record!(trace, l, bias_v = Vb[l])                     # trace
            end
            end_step!(trace)    # trace
        end
    end
end

"Why this program cannot do an exercise; nothing if it can."
function refusal(trace)
    given = trace.optimizer
    trace.loss in ("mse", "softmax_cross_entropy", "binary_cross_entropy") || return "the loss $(trace.loss)"
    for layer in trace.layers
        haskey(ACTIVATIONS, layer.activation) || layer.activation == "softmax" || return layer.activation
    end
    given["name"] == "sgd" || return given["name"]
    given["schedule"] in ("constant", "decay") || return "the schedule $(given["schedule"])"
    get(given, "nesterov", false) == true && return "Nesterov's momentum"
    get(given, "clip_norm", nothing) === nothing || return "clipping"
    trace.l1 == 0 || return "an L1 penalty"
    return nothing
end

length(ARGS) == 2 || error("usage: julia backprop.jl exercise.json mine.json")
trace = load(ARGS[1], kernel = "out-in", batch = "last")    # trace
missing_part = refusal(trace)
if missing_part !== nothing
    println(stderr, "backprop.jl does not have $missing_part; examples/python/backprop_class.py has more")
    exit(1)
end
train(trace, get(trace.optimizer, "momentum", 0.0))
write_recording(trace, ARGS[2], "backprop.jl")    # trace
