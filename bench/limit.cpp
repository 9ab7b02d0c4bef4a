// The limit that parsing sets: simdjson On-Demand over NDJSON, line by line, every value of every line unescaped or
// converted, nothing kept. The denominator of the goals for formats and detection. One core.
//
//   bench_limit FILE [ROUNDS]     prints one JSON line with the rates of all rounds
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "rounds.h"

namespace {

using simdjson::ondemand::json_type;

struct Sum {
    std::uint64_t values = 0, bytes = 0;
};

simdjson::error_code walk(simdjson::ondemand::value value, Sum& sum) {
    json_type type{};
    if (auto error = value.type().get(type)) return error;
    switch (type) {
        case json_type::object: {
            simdjson::ondemand::object object;
            if (auto error = value.get(object)) return error;
            for (auto field : object) {
                std::string_view key;
                if (auto error = field.unescaped_key().get(key)) return error;
                sum.bytes += key.size();
                simdjson::ondemand::value inner;
                if (auto error = field.value().get(inner)) return error;
                if (auto error = walk(inner, sum)) return error;
            }
            return simdjson::SUCCESS;
        }
        case json_type::array: {
            simdjson::ondemand::array array;
            if (auto error = value.get(array)) return error;
            for (auto element : array) {
                simdjson::ondemand::value inner;
                if (auto error = element.get(inner)) return error;
                if (auto error = walk(inner, sum)) return error;
            }
            return simdjson::SUCCESS;
        }
        case json_type::string: {
            std::string_view text;
            if (auto error = value.get_string().get(text)) return error;
            sum.bytes += text.size();
            break;
        }
        case json_type::number: {
            simdjson::ondemand::number number;
            if (auto error = value.get_number().get(number)) return error;
            break;
        }
        case json_type::boolean: {
            bool truth = false;
            if (auto error = value.get_bool().get(truth)) return error;
            break;
        }
        case json_type::null: break;
    }
    ++sum.values;
    return simdjson::SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("usage: bench_limit FILE [ROUNDS]\n", stderr), 2;
    const vg::bench::Lines lines = vg::bench::read_lines(argv[1], simdjson::SIMDJSON_PADDING);
    simdjson::ondemand::parser parser;
    std::uint64_t broken = 0;
    Sum sum;
    const auto round = [&] {
        broken = 0;
        sum = {};
        for (const std::string_view line : lines.lines) {
            simdjson::ondemand::document document;
            auto error = parser.iterate(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING).get(document);
            simdjson::ondemand::value root;
            if (!error) error = document.get_value().get(root);
            if (!error) error = walk(root, sum);
            broken += error ? 1 : 0;
        }
    };
    return vg::bench::report("limit", lines, argc > 2 ? std::atoi(argv[2]) : 5, round, {{"broken", broken}, {"values", sum.values}});
}
