// ExportLogsServiceRequest as OTLP/JSON: the JSON mapping of protobuf, but trace and span ids in hex, and enums as numbers.
#include <cmath>
#include <charconv>

#include "base/json.h"
#include "base/text.h"
#include "ingest/frames/otlp.h"
#include "ingest/frames/otlp_writer.h"

namespace vg::ingest {
namespace {

using json::Value;

// Names may be written in lowerCamelCase or as in the .proto file.
const Value* member(const Value& object, std::string_view camel, std::string_view snake) {
    const Value* found = object.find(camel);
    return found != nullptr ? found : object.find(snake);
}

std::string_view text_of(const Value* value) { return value != nullptr && value->is_text() ? std::string_view{value->as_text()} : std::string_view{}; }

// 64-bit numbers stand in quotes or not.
std::uint64_t number_of(const Value* value) {
    if (value == nullptr) return 0;
    if (value->is_int()) return static_cast<std::uint64_t>(value->as_int());
    std::uint64_t number = 0;
    const std::string_view text = text_of(value);
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void write_value(std::string& out, const Value& any, int depth, bool& too_deep);

void write_members(std::string& out, const Value& pairs, int depth, bool& too_deep) {
    OtlpObject object{out};
    if (pairs.is_array()) {
        for (const Value& pair : pairs.as_array()) {
            if (!pair.is_object()) continue;
            object.name(text_of(pair.find("key")));
            const Value* value = pair.find("value");
            if (value == nullptr)
                out.append("null");
            else
                write_value(out, *value, depth, too_deep);
        }
    }
    object.end();
}

void write_real(std::string& out, const Value& value) {
    if (value.is_number()) return write_otlp_real(out, value.as_real());
    const std::string_view text = text_of(&value);
    if (text == "NaN" || text == "Infinity" || text == "-Infinity") return json::quote(out, text);
    const auto real = parse_real(text);
    if (real && std::isfinite(*real))
        write_otlp_real(out, *real);
    else
        out.append("null");
}

void write_value(std::string& out, const Value& any, int depth, bool& too_deep) {
    too_deep = too_deep || depth == 0;
    if (too_deep || !any.is_object()) {
        out.append("null");
        return;
    }
    if (const Value* text = member(any, "stringValue", "string_value"); text != nullptr) return json::quote(out, text_of(text));
    if (const Value* boolean = member(any, "boolValue", "bool_value"); boolean != nullptr) {
        out.append(boolean->is_bool() && boolean->as_bool() ? "true" : "false");
        return;
    }
    if (const Value* integer = member(any, "intValue", "int_value"); integer != nullptr) {
        const auto number = integer->is_int() ? std::optional{integer->as_int()} : parse_int(text_of(integer));
        out.append(number ? std::to_string(*number) : "null");
        return;
    }
    if (const Value* real = member(any, "doubleValue", "double_value"); real != nullptr) return write_real(out, *real);
    if (const Value* list = member(any, "arrayValue", "array_value"); list != nullptr) {
        const Value* values = list->find("values");
        out.push_back('[');
        bool first = true;
        if (values != nullptr && values->is_array()) {
            for (const Value& value : values->as_array()) {
                if (!first) out.push_back(',');
                first = false;
                write_value(out, value, depth - 1, too_deep);
            }
        }
        out.push_back(']');
        return;
    }
    if (const Value* list = member(any, "kvlistValue", "kvlist_value"); list != nullptr) {
        const Value* values = list->find("values");
        return write_members(out, values != nullptr ? *values : Value{}, depth - 1, too_deep);
    }
    if (const Value* bytes = member(any, "bytesValue", "bytes_value"); bytes != nullptr) return json::quote(out, text_of(bytes));
    out.append("null");
}

bool has_members(const Value* pairs) { return pairs != nullptr && pairs->is_array() && !pairs->as_array().empty(); }

void read_record(OtlpSink& sink, const Value& record, std::string_view resource, std::string_view scope, bool too_deep) {
    if (!record.is_object()) return sink.refuse("a log record is not an object");
    std::string body, attributes;
    const int depth = sink.limits().depth;
    if (const Value* value = record.find("body"); value != nullptr && value->is_object()) write_value(body, *value, depth, too_deep);
    if (const Value* pairs = record.find("attributes"); has_members(pairs)) write_members(attributes, *pairs, depth, too_deep);
    if (too_deep) return sink.refuse("values are nested too deep");
    const std::string trace = lower_ascii(text_of(member(record, "traceId", "trace_id")).substr(0, 32));
    const std::string span = lower_ascii(text_of(member(record, "spanId", "span_id")).substr(0, 16));
    sink.take({.time = number_of(member(record, "timeUnixNano", "time_unix_nano")),
               .observed = number_of(member(record, "observedTimeUnixNano", "observed_time_unix_nano")),
               .severity = static_cast<std::int32_t>(number_of(member(record, "severityNumber", "severity_number"))),
               .severity_text = text_of(member(record, "severityText", "severity_text")),
               .body = body,
               .attributes = attributes,
               .trace = trace,
               .span = span,
               .flags = static_cast<std::uint32_t>(number_of(record.find("flags"))),
               .dropped = static_cast<std::uint32_t>(number_of(member(record, "droppedAttributesCount", "dropped_attributes_count"))),
               .event_name = text_of(member(record, "eventName", "event_name")),
               .resource = resource,
               .scope = scope});
}

}  // namespace

Status read_otlp_json(std::string_view request, const OtlpLimits& limits, const OnOtlpRecord& on_record) {
    const Value root = TRY(json::parse(request, {.depth = 256, .bytes = std::size_t{256} << 20}));
    if (!root.is_object()) return fail(Code::bad_input, "the request is JSON, but not an object");
    OtlpSink sink{limits, on_record};
    const Value* all = member(root, "resourceLogs", "resource_logs");
    if (all == nullptr || !all->is_array()) return {};
    for (const Value& resource_logs : all->as_array()) {
        std::string resource;
        bool too_deep = false;
        if (const Value* value = resource_logs.find("resource"); value != nullptr && value->is_object() && !value->as_object().empty()) {
            OtlpObject object{resource};
            if (const Value* pairs = value->find("attributes"); has_members(pairs)) {
                object.name("attributes");
                write_members(resource, *pairs, limits.depth, too_deep);
            }
            object.end();
        }
        const Value* scopes = member(resource_logs, "scopeLogs", "scope_logs");
        if (scopes == nullptr || !scopes->is_array()) continue;
        for (const Value& scope_logs : scopes->as_array()) {
            std::string scope;
            if (const Value* value = scope_logs.find("scope"); value != nullptr && value->is_object() && !value->as_object().empty()) {
                OtlpObject object{scope};
                if (const auto name = text_of(value->find("name")); !name.empty()) object.text("name", name);
                if (const auto version = text_of(value->find("version")); !version.empty()) object.text("version", version);
                if (const Value* pairs = value->find("attributes"); has_members(pairs)) {
                    object.name("attributes");
                    write_members(scope, *pairs, limits.depth, too_deep);
                }
                object.end();
            }
            const Value* records = member(scope_logs, "logRecords", "log_records");
            if (records == nullptr || !records->is_array()) continue;
            for (const Value& record : records->as_array()) read_record(sink, record, resource, scope, too_deep);
        }
    }
    return {};
}

}  // namespace vg::ingest
