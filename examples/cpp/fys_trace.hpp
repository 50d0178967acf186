// Records what your own backpropagation computes, so that fys-nn can tell whether it is right, and where it first is not.
//
//     #include "fys_trace.hpp"
//
//     fys::Trace trace("exercise.json");              // from: npx fys-nn trace new --out exercise.json
//     for (const auto& epoch : trace.epochs)
//         for (const auto& rows : epoch) {            // the rows of one batch
//             ...                                     // your code: one step
//             trace.record(0, "z", z1);               // of layer 0: any quantities, in any order
//             trace.record("loss", C);                // of the whole step
//             trace.end_step();
//         }
//     trace.write("mine.json", "my network");         // then: npx fys-nn trace check mine.json
//
// The quantities are those of examples/python/fys_trace.py, which also prints what there is to program. A matrix to record may
// be of Eigen, of Armadillo, or of any other type with rows(), cols() and m(i, j). Needs C++17 and nothing else. You can copy this
// file next to your own.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace fys {

/** A matrix, row by row. */
class Matrix {
public:
    Matrix(int rows = 0, int cols = 0, double value = 0) : rows_(rows), cols_(cols), values_(rows * cols, value) {}
    int rows() const { return rows_; }
    int cols() const { return cols_; }
    double& operator()(int i, int j) { return values_[i * cols_ + j]; }
    double operator()(int i, int j) const { return values_[i * cols_ + j]; }

private:
    int rows_, cols_;
    std::vector<double> values_;
};

template <class M>
auto rows_of(const M& m) -> decltype(int(m.rows())) { return int(m.rows()); }
template <class M>
auto cols_of(const M& m) -> decltype(int(m.cols())) { return int(m.cols()); }
// Armadillo's
template <class M>
auto rows_of(const M& m) -> decltype(int(m.n_rows)) { return int(m.n_rows); }
template <class M>
auto cols_of(const M& m) -> decltype(int(m.n_cols)) { return int(m.n_cols); }

inline Matrix transposed(const Matrix& m) {
    Matrix t(m.cols(), m.rows());
    for (int i = 0; i < m.rows(); i++)
        for (int j = 0; j < m.cols(); j++) t(j, i) = m(i, j);
    return t;
}

/** A value of JSON. Of true and false, `number` is 1 and 0. */
struct Json {
    double number = 0;
    std::string text;
    std::vector<Json> items;
    std::map<std::string, Json> fields;
    bool is_null = false;

    const Json& operator[](const std::string& name) const {
        auto found = fields.find(name);
        if (found == fields.end()) throw std::runtime_error("the exercise has no entry " + name);
        return found->second;
    }
    bool has(const std::string& name) const { return fields.count(name) > 0 && !fields.at(name).is_null; }
};

/** Reads JSON as `fys-nn trace new` writes it. */
class JsonReader {
public:
    explicit JsonReader(const std::string& text) : text_(text) {}

    Json read() {
        Json value;
        const char c = next();
        if (c == '{') {
            each('}', [&] {
                std::string name = read_text();
                expect(':');
                value.fields[name] = read();
            });
        } else if (c == '[') {
            each(']', [&] { value.items.push_back(read()); });
        } else if (c == '"') {
            value.text = read_text();
        } else if (c == 't' || c == 'f' || c == 'n') {
            value.number = c == 't';
            value.is_null = c == 'n';
            at_ += c == 'f' ? 5 : 4;
        } else {
            char* end = nullptr;
            value.number = std::strtod(text_.c_str() + at_, &end);
            if (end == text_.c_str() + at_) throw std::runtime_error("no JSON: expected a number at byte " + std::to_string(at_));
            at_ = end - text_.c_str();
        }
        return value;
    }

private:
    /** The next character that is no space. */
    char next() {
        at_ = text_.find_first_not_of(" \t\r\n", at_);
        if (at_ == std::string::npos) throw std::runtime_error("the file ends too early");
        return text_[at_];
    }

    void expect(char wanted) {
        if (next() != wanted) throw std::runtime_error(std::string("no JSON: expected ") + wanted + " at byte " + std::to_string(at_));
        at_++;
    }

    template <class Read>
    void each(char end, Read read_one) {
        at_++;
        while (next() != end) {
            read_one();
            if (next() == ',') at_++;
        }
        at_++;
    }

    std::string read_text() {
        expect('"');
        std::string read;
        while (at_ < text_.size() && text_[at_] != '"') {
            if (text_[at_] == '\\') at_++;
            read += text_[at_++];
        }
        at_++;
        return read;
    }

    const std::string& text_;
    std::size_t at_ = 0;
};

struct Layer {
    int units;
    std::string activation;
    Matrix kernel;             // initial weights
    std::vector<double> bias;  // initial biases; empty for a layer without
};

/** An exercise, and what your program records of it. */
class Trace {
public:
    Matrix x, y;
    std::vector<Layer> layers;
    std::string loss, penalize;
    double l2, l1, learning_rate;
    Json optimizer;
    std::vector<std::vector<std::vector<int>>> epochs;

    /** Reads an exercise. kernel is "in-out" or "out-in", batch "first" or "last": the layout of your own arrays. */
    explicit Trace(const std::string& path, const std::string& kernel = "in-out", const std::string& batch = "first") {
        std::ifstream file(path);
        if (!file) throw std::runtime_error(path + " cannot be read");
        std::ostringstream content;
        content << file.rdbuf();
        text_ = content.str();
        const Json exercise = JsonReader(text_).read();
        if (!exercise.has("kind") || exercise["kind"].text != "exercise")
            throw std::runtime_error(path + " is not an exercise: npx fys-nn trace new writes one");
        turn_kernels_ = exercise["layout"]["kernel"].text != kernel;
        turn_batches_ = exercise["layout"]["batch"].text != batch;
        x = matrix(exercise["data"]["x"], turn_batches_);
        y = matrix(exercise["data"]["y"], turn_batches_);
        const Json& model = exercise["model"];
        for (const Json& layer : model["layers"].items) {
            std::vector<double> bias;
            for (const Json& one : layer["bias"].items) bias.push_back(one.number);
            layers.push_back({int(layer["units"].number), layer["activation"].text, matrix(layer["kernel"], turn_kernels_), bias});
        }
        loss = model["loss"].text;
        penalize = model["penalize"].text;
        l2 = model["l2"].number;
        l1 = model["l1"].number;
        optimizer = exercise["optimizer"];
        learning_rate = optimizer["learning_rate"].number;
        for (const Json& epoch : exercise["batches"].items) {
            epochs.emplace_back();
            for (const Json& batch_rows : epoch.items) {
                epochs.back().emplace_back();
                for (const Json& row : batch_rows.items) epochs.back().back().push_back(int(row.number));
            }
        }
    }

    /** Records a matrix of a layer (from 0): "z", "a", "delta", "kernel_gradient", "kernel", "kernel_v", ... */
    template <class M>
    void record(int layer, const std::string& name, const M& m) {
        keep(layer, name, text_of(m, name.rfind("kernel", 0) == 0 ? turn_kernels_ : turn_batches_));
    }

    /** Records a vector of a layer: "bias_gradient", "bias", "bias_v", ... */
    void record(int layer, const std::string& name, const std::vector<double>& v) {
        std::string list;
        for (double value : v) list += (list.empty() ? "" : ", ") + text_of(value);
        keep(layer, name, "[" + list + "]");
    }

    /** Records "loss", a number, or "x" or "y", matrices, of the step. */
    template <class M>
    void record(const std::string& name, const M& m) {
        if constexpr (std::is_arithmetic_v<M>) keep(of_the_step, name, text_of(double(m)));
        else keep(of_the_step, name, text_of(m, turn_batches_));
    }

    /** Ends a step of the optimiser: what is recorded from now on belongs to the next batch. */
    void end_step() {
        std::string step = "{\"step\": " + std::to_string(step_++);
        for (const auto& [name, values] : now_[of_the_step]) step += ", \"" + name + "\": " + values;
        step += ", \"layers\": [";
        for (int layer = 0; layer < int(layers.size()); layer++) {
            step += layer == 0 ? "{" : ", {";
            std::string comma;
            for (const auto& [name, values] : now_[layer]) {
                step += comma + "\"" + name + "\": " + values;
                comma = ", ";
            }
            step += "}";
        }
        steps_ += (steps_.empty() ? "" : ",\n") + step + "]}";
        now_.clear();
    }

    /** Writes the recording. `program` is free text that names your program. */
    void write(const std::string& path, const std::string& program) {
        if (!now_.empty()) throw std::runtime_error("the last step has not ended: call end_step() after each step");
        const std::string part = path + ".part";
        std::ofstream file(part);
        file << "{\"format\": \"fys-nn-trace/3\", \"kind\": \"recording\", \"program\": \"";
        for (char c : program) file << (c == '"' || c == '\\' ? "\\" : "") << c;
        file << "\",\n\"exercise\": " << text_ << ",\n\"steps\": [\n" << steps_ << "\n]}\n";
        file.close();
        if (!file) throw std::runtime_error(path + " cannot be written");
        std::remove(path.c_str());  // Windows renames to no name that is taken
        if (std::rename(part.c_str(), path.c_str()) != 0) throw std::runtime_error(path + " cannot be written");
    }

private:
    static constexpr int of_the_step = -1;

    std::string text_;   // of the exercise
    std::string steps_;  // that have ended, as JSON
    std::map<int, std::map<std::string, std::string>> now_;
    bool turn_kernels_, turn_batches_;
    int step_ = 0;

    void keep(int layer, const std::string& name, const std::string& values) {
        if (layer < of_the_step || layer >= int(layers.size()))
            throw std::runtime_error("there is no layer " + std::to_string(layer) + ": layers count from 0");
        if (!now_[layer].emplace(name, values).second)
            throw std::runtime_error(name + " is recorded twice in step " + std::to_string(step_) + ": call end_step() after each step");
    }

    static Matrix matrix(const Json& rows, bool turn) {
        Matrix m(int(rows.items.size()), int(rows.items.at(0).items.size()));
        for (int i = 0; i < m.rows(); i++)
            for (int j = 0; j < m.cols(); j++) m(i, j) = rows.items[i].items.at(j).number;
        return turn ? transposed(m) : m;
    }

    /** With all digits. */
    static std::string text_of(double value) {
        if (std::isnan(value)) return "NaN";
        if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
        char digits[32];
        std::snprintf(digits, sizeof digits, "%.17g", value);
        return digits;
    }

    template <class M>
    static std::string text_of(const M& m, bool turn) {
        std::string list;
        for (int i = 0; i < (turn ? cols_of(m) : rows_of(m)); i++) {
            list += i == 0 ? "[" : ", [";
            for (int j = 0; j < (turn ? rows_of(m) : cols_of(m)); j++)
                list += (j == 0 ? "" : ", ") + text_of(double(turn ? m(j, i) : m(i, j)));
            list += "]";
        }
        return "[" + list + "]";
    }
};

}  // namespace fys
