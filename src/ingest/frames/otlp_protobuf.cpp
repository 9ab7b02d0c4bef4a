// ExportLogsServiceRequest as protobuf. Field numbers are those of opentelemetry/proto/{logs,common,resource}/v1.
#include <bit>

#include "base/bytes.h"
#include "base/json.h"
#include "ingest/frames/otlp.h"
#include "ingest/frames/otlp_writer.h"
#include "ingest/frames/protobuf.h"

namespace vg::ingest {
namespace {

Status bad(std::string_view what) { return fail(Code::bad_input, "the " + std::string{what} + " is not well-formed protobuf"); }

Status write_value(std::string& out, std::string_view message, int depth);

// KeyValue { string key = 1; AnyValue value = 2; }, repeated in field `number` of the message.
Status write_members(std::string& out, std::string_view message, std::uint32_t number, int depth) {
    OtlpObject object{out};
    ProtobufFields fields{message};
    while (fields.next()) {
        if (fields.number() != number || !fields.is_bytes()) continue;
        std::string_view key, value;
        ProtobufFields pair{fields.bytes()};
        while (pair.next()) {
            if (pair.number() == 1 && pair.is_bytes()) key = pair.bytes();
            if (pair.number() == 2 && pair.is_bytes()) value = pair.bytes();
        }
        if (pair.failed()) return bad("attribute");
        object.name(key);
        TRY(write_value(out, value, depth));
    }
    if (fields.failed()) return bad("list of attributes");
    object.end();
    return {};
}

// AnyValue { oneof: string 1, bool 2, int64 3, double 4, ArrayValue 5, KeyValueList 6, bytes 7 }; the last one counts.
Status write_value(std::string& out, std::string_view message, int depth) {
    if (depth == 0) return fail(Code::too_large, "values are nested too deep");
    ProtobufFields fields{message};
    std::uint32_t kind = 0;
    std::uint64_t number = 0;
    std::string_view bytes;
    while (fields.next()) {
        const bool fits = fields.is_bytes() ? fields.number() == 1 || (fields.number() >= 5 && fields.number() <= 7)
                          : fields.is_varint() ? fields.number() == 2 || fields.number() == 3
                                               : fields.is_fixed64() && fields.number() == 4;
        if (!fits) continue;
        kind = fields.number();
        number = fields.value();
        bytes = fields.bytes();
    }
    if (fields.failed()) return bad("value");
    switch (kind) {
        case 1: json::quote(out, bytes); break;
        case 2: out.append(number != 0 ? "true" : "false"); break;
        case 3: out.append(std::to_string(static_cast<std::int64_t>(number))); break;
        case 4: write_otlp_real(out, std::bit_cast<double>(number)); break;
        case 5: {
            out.push_back('[');
            bool first = true;
            ProtobufFields values{bytes};
            while (values.next()) {
                if (values.number() != 1 || !values.is_bytes()) continue;
                if (!first) out.push_back(',');
                first = false;
                TRY(write_value(out, values.bytes(), depth - 1));
            }
            if (values.failed()) return bad("array");
            out.push_back(']');
            break;
        }
        case 6: return write_members(out, bytes, 1, depth - 1);
        case 7: json::quote(out, to_base64(bytes)); break;
        default: out.append("null"); break;
    }
    return {};
}

bool has_field(std::string_view message, std::uint32_t number) {
    ProtobufFields fields{message};
    while (fields.next())
        if (fields.number() == number && fields.is_bytes()) return true;
    return false;
}

// Resource { attributes = 1, dropped_attributes_count = 2 }
Status write_resource(std::string& out, std::string_view message, int depth) {
    OtlpObject object{out};
    if (has_field(message, 1)) {
        object.name("attributes");
        TRY(write_members(out, message, 1, depth));
    }
    object.end();
    return {};
}

// InstrumentationScope { name = 1, version = 2, attributes = 3 }
Status write_scope(std::string& out, std::string_view message, int depth) {
    std::string_view name, version;
    ProtobufFields fields{message};
    while (fields.next()) {
        if (fields.number() == 1 && fields.is_bytes()) name = fields.bytes();
        if (fields.number() == 2 && fields.is_bytes()) version = fields.bytes();
    }
    if (fields.failed()) return bad("scope");
    OtlpObject object{out};
    if (!name.empty()) object.text("name", name);
    if (!version.empty()) object.text("version", version);
    if (has_field(message, 3)) {
        object.name("attributes");
        TRY(write_members(out, message, 3, depth));
    }
    object.end();
    return {};
}

// LogRecord
Status read_record(OtlpSink& sink, std::string_view message, std::string_view resource, std::string_view scope) {
    OtlpFacts facts{.resource = resource, .scope = scope};
    std::string body, attributes, trace, span;
    ProtobufFields fields{message};
    while (fields.next()) {
        switch (fields.number()) {
            case 1: if (fields.is_fixed64()) facts.time = fields.value(); break;
            case 11: if (fields.is_fixed64()) facts.observed = fields.value(); break;
            case 2: if (fields.is_varint()) facts.severity = static_cast<std::int32_t>(fields.value()); break;
            case 3: if (fields.is_bytes()) facts.severity_text = fields.bytes(); break;
            case 5:
                if (!fields.is_bytes()) break;
                body.clear();
                if (const Status written = write_value(body, fields.bytes(), sink.limits().depth); !written) {
                    sink.refuse(written.error().text);
                    return {};
                }
                break;
            case 7: if (fields.is_varint()) facts.dropped = static_cast<std::uint32_t>(fields.value()); break;
            case 8: if (fields.is_fixed32()) facts.flags = static_cast<std::uint32_t>(fields.value()); break;
            case 9: if (fields.is_bytes()) trace = to_hex(fields.bytes().substr(0, 16)); break;
            case 10: if (fields.is_bytes()) span = to_hex(fields.bytes().substr(0, 8)); break;
            case 12: if (fields.is_bytes()) facts.event_name = fields.bytes(); break;
            default: break;
        }
    }
    if (fields.failed()) return bad("log record");
    if (has_field(message, 6)) {
        if (const Status written = write_members(attributes, message, 6, sink.limits().depth); !written) {
            sink.refuse(written.error().text);
            return {};
        }
    }
    facts.body = body;
    facts.attributes = attributes;
    facts.trace = trace;
    facts.span = span;
    sink.take(facts);
    return {};
}

// The one message in a field; the last one counts, as protobuf has it for what is sent twice.
Result<std::string_view> field_of(std::string_view message, std::uint32_t number, std::string_view what) {
    std::string_view found;
    ProtobufFields fields{message};
    while (fields.next())
        if (fields.number() == number && fields.is_bytes()) found = fields.bytes();
    if (fields.failed()) return fail(Code::bad_input, "the " + std::string{what} + " is not well-formed protobuf");
    return found;
}

}  // namespace

Status read_otlp_protobuf(std::string_view request, const OtlpLimits& limits, const OnOtlpRecord& on_record) {
    OtlpSink sink{limits, on_record};
    ProtobufFields resource_logs{request};
    while (resource_logs.next()) {
        if (resource_logs.number() != 1 || !resource_logs.is_bytes()) continue;
        std::string resource;
        const std::string_view resource_bytes = TRY(field_of(resource_logs.bytes(), 1, "list of a resource's logs"));
        if (!resource_bytes.empty()) TRY(write_resource(resource, resource_bytes, limits.depth));
        ProtobufFields scope_logs{resource_logs.bytes()};
        while (scope_logs.next()) {
            if (scope_logs.number() != 2 || !scope_logs.is_bytes()) continue;
            std::string scope;
            const std::string_view scope_bytes = TRY(field_of(scope_logs.bytes(), 1, "list of a scope's logs"));
            if (!scope_bytes.empty()) TRY(write_scope(scope, scope_bytes, limits.depth));
            ProtobufFields records{scope_logs.bytes()};
            while (records.next())
                if (records.number() == 2 && records.is_bytes()) TRY(read_record(sink, records.bytes(), resource, scope));
        }
    }
    return resource_logs.failed() ? bad("request") : Status{};
}

}  // namespace vg::ingest
