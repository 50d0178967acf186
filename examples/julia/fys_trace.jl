# Records what your own backpropagation computes, so that fys-nn can tell whether it is right, and where it first is not.
#
#     include("fys_trace.jl")
#     using .FysTrace
#
#     trace = load("exercise.json")                    # from: npx fys-nn trace new --out exercise.json
#     for epoch in trace.epochs, rows in epoch         # the rows of one batch: trace.x[:, rows], trace.y[:, rows]
#         ...                                          # your code: one step
#         record!(trace, 1, z = z1, a = a1)            # of layer 1: any quantities, in one call or several
#         record!(trace, loss = C)                     # of the whole step
#         end_step!(trace)
#     end
#     write_recording(trace, "mine.json", "my network")     # then: npx fys-nn trace check mine.json
#
# Layers and rows count from 1 here, as Julia counts. Kernels are [units][inputs] and each column of x is one row of the data,
# unless you load the exercise in another layout. The quantities are those of examples/python/fys_trace.py, which also prints
# what there is to program. Needs Julia alone, no packages. You can copy this file next to your own.
module FysTrace

export load, record!, end_step!, write_recording

struct Layer
    units::Int
    activation::String
    kernel::Matrix{Float64}
    bias::Union{Vector{Float64}, Nothing}    # nothing for a layer without biases
end

mutable struct Trace
    x::Matrix{Float64}
    y::Matrix{Float64}
    layers::Vector{Layer}
    loss::String
    l2::Float64
    l1::Float64
    penalize::String
    optimizer::Dict{String, Any}
    learning_rate::Float64
    epochs::Vector{Vector{Vector{Int}}}
    text::String                             # of the exercise
    turn_kernels::Bool                       # whether the file has kernels the other way round
    turn_batches::Bool
    now::Dict{Tuple{Int, String}, String}    # (layer, quantity) => JSON, of the step being recorded; layer 0: of the whole step
    steps::Vector{String}
    step::Int
end

"Reads an exercise. kernel is \"out-in\" or \"in-out\", batch \"last\" or \"first\": the layout of your own arrays."
function load(path; kernel = "out-in", batch = "last")
    text = read(path, String)
    exercise = parse_json(text)
    get(exercise, "kind", "") == "exercise" || error("$path is not an exercise: npx fys-nn trace new writes one")
    turn_kernels = exercise["layout"]["kernel"] != kernel
    turn_batches = exercise["layout"]["batch"] != batch
    model, optimizer = exercise["model"], exercise["optimizer"]
    layers = [
        Layer(
            Int(layer["units"]), layer["activation"], matrix(layer["kernel"], turn_kernels),
            layer["bias"] === nothing ? nothing : Vector{Float64}(layer["bias"]),
        ) for layer in model["layers"]
    ]
    epochs = [[[Int(row) + 1 for row in rows] for rows in epoch] for epoch in exercise["batches"]]
    return Trace(
        matrix(exercise["data"]["x"], turn_batches), matrix(exercise["data"]["y"], turn_batches), layers,
        model["loss"], model["l2"], model["l1"], model["penalize"], optimizer, optimizer["learning_rate"], epochs,
        text, turn_kernels, turn_batches, Dict{Tuple{Int, String}, String}(), String[], 0,
    )
end

"Records quantities of one layer, counted from 1."
function record!(trace::Trace, layer::Integer; quantities...)
    1 <= layer <= length(trace.layers) || error("there is no layer $layer: layers count from 1 to $(length(trace.layers))")
    for (name, value) in quantities
        keep!(trace, Int(layer), string(name), value)
    end
end

"Records quantities of the whole step: x, y, loss."
function record!(trace::Trace; quantities...)
    for (name, value) in quantities
        keep!(trace, 0, string(name), value)
    end
end

function keep!(trace, layer, name, value)
    haskey(trace.now, (layer, name)) &&
        error("$name is recorded twice in step $(trace.step): call end_step!(trace) after each step (each batch)")
    turn = startswith(name, "kernel") ? trace.turn_kernels : trace.turn_batches
    trace.now[(layer, name)] = json_of(value, turn)
    return nothing
end

"Ends a step of the optimiser: what is recorded from now on belongs to the next batch."
function end_step!(trace::Trace)
    of(layer) = ["\"$name\": $json" for ((index, name), json) in trace.now if index == layer]
    layers = ["{" * join(of(layer), ", ") * "}" for layer in eachindex(trace.layers)]
    entries = ["\"step\": $(trace.step)"; of(0); "\"layers\": [" * join(layers, ", ") * "]"]
    push!(trace.steps, "{" * join(entries, ", ") * "}")
    empty!(trace.now)
    trace.step += 1
    return nothing
end

"Writes the recording. `program` is free text that names your program."
function write_recording(trace::Trace, path, program = "my network")
    isempty(trace.now) || error("the last step has not ended: call end_step!(trace) after each step")
    part = "$path.part"
    open(part, "w") do file
        name = replace(replace(program, "\\" => "\\\\"), "\"" => "\\\"")
        print(file, "{\"format\": \"fys-nn-trace/3\", \"kind\": \"recording\", \"program\": \"", name, "\",\n")
        print(file, "\"exercise\": ", trace.text, ",\n\"steps\": [\n", join(trace.steps, ",\n"), "\n]}\n")
    end
    mv(part, path; force = true)
    return nothing
end

# Julia's own digits are the fewest that are read back unchanged.
json_of(value::Real, turn) =
    isnan(value) ? "NaN" : isinf(value) ? (value > 0 ? "Infinity" : "-Infinity") : string(Float64(value))
json_of(values::AbstractVector, turn) = "[" * join((json_of(value, turn) for value in values), ", ") * "]"
json_of(values::AbstractMatrix, turn) =
    "[" * join((json_of(row, turn) for row in (turn ? eachcol(values) : eachrow(values))), ", ") * "]"

"A matrix of a list of lists, transposed if `turn`."
function matrix(rows, turn)
    values = Float64[rows[i][j] for i in eachindex(rows), j in eachindex(rows[1])]
    return turn ? permutedims(values) : values
end

# A reader of JSON as `fys-nn trace new` writes it: objects are Dicts, lists Vectors, numbers Float64, null is nothing.

function parse_json(text)
    value, _ = parse_value(text, 1)
    return value
end

"The position of the next character that is no space."
function skip_spaces(text, at)
    while text[at] in (' ', '\t', '\r', '\n')
        at = nextind(text, at)
    end
    return at
end

"Reads the value at a position; returns it and the position after it."
function parse_value(text, at)
    at = skip_spaces(text, at)
    first = text[at]
    if first == '{'
        fields = Dict{String, Any}()
        at = skip_spaces(text, at + 1)
        while text[at] != '}'
            name, at = parse_text(text, at)
            at = skip_spaces(text, at)
            text[at] == ':' || error("no JSON: expected : at byte $at")
            fields[name], at = parse_value(text, at + 1)
            at = skip_comma(text, at)
        end
        return fields, at + 1
    elseif first == '['
        items = Any[]
        at = skip_spaces(text, at + 1)
        while text[at] != ']'
            item, at = parse_value(text, at)
            push!(items, item)
            at = skip_comma(text, at)
        end
        return items, at + 1
    elseif first == '"'
        return parse_text(text, at)
    elseif first == 't'
        return true, at + 4
    elseif first == 'f'
        return false, at + 5
    elseif first == 'n'
        return nothing, at + 4
    end
    last = at
    while last < lastindex(text) && text[last + 1] in "+-.0123456789eE"
        last += 1
    end
    return parse(Float64, text[at:last]), last + 1
end

function skip_comma(text, at)
    at = skip_spaces(text, at)
    return text[at] == ',' ? skip_spaces(text, at + 1) : at
end

"Reads the string whose opening quote is at a position."
function parse_text(text, at)
    at = nextind(text, at)
    letters = Char[]
    while text[at] != '"'
        if text[at] == '\\'
            at = nextind(text, at)
        end
        push!(letters, text[at])
        at = nextind(text, at)
    end
    return join(letters), at + 1
end

end
