#include "intel/stix/compile.h"

#include <array>

#include "base/text.h"

namespace vg::intel::stix {
namespace {

struct Known {
    std::string_view type, property;  // "*": any property below
    std::optional<Kind> kind;
    Role role = Role::unknown;
};

const std::array kKnown{
    Known{"ipv4-addr", "value", Kind::address},
    Known{"ipv6-addr", "value", Kind::address},
    Known{"domain-name", "value", Kind::domain},
    Known{"url", "value", Kind::url},
    Known{"email-addr", "value", Kind::email},
    Known{"email-message", "from_ref.value", Kind::email, Role::source},
    Known{"email-message", "sender_ref.value", Kind::email, Role::source},
    Known{"email-message", "to_refs[*].value", Kind::email, Role::destination},
    Known{"file", "name", Kind::file_name},
    Known{"file", "hashes.*", Kind::hash},
    Known{"artifact", "hashes.*", Kind::hash},
    Known{"x509-certificate", "hashes.*", Kind::hash},
    Known{"network-traffic", "dst_ref.value", std::nullopt, Role::destination},
    Known{"network-traffic", "src_ref.value", std::nullopt, Role::source},
    Known{"network-traffic", "extensions.'http-request-ext'.request_header.'User-Agent'", Kind::user_agent},
};

const Known* known_of(const Path& path) {
    const std::string text = path.text();
    const std::string_view property = std::string_view{text}.substr(path.object_type.size() + 1);
    for (const Known& known : kKnown) {
        if (known.type != path.object_type) continue;
        if (known.property == property) return &known;
        const bool below = known.property.ends_with(".*") && property.starts_with(known.property.substr(0, known.property.size() - 1));
        if (below && path.steps.size() == 2 && path.steps[1].kind == Step::Kind::key) return &known;
    }
    return nullptr;
}

// Hashes that say how alike files are, and sums of parts of them, identify no file by equality.
bool identifies(const Known& known, const Path& path) {
    if (known.kind != Kind::hash) return true;
    std::string name;
    for (char c : lower_ascii(path.steps.back().key))
        if (c != '-' && c != '_') name.push_back(c);
    return name == "md5" || name == "sha1" || name == "sha256" || name == "sha512";
}

class Compiler {
public:
    void add(const Observation& observation) {
        if (observation.kind == Observation::Kind::any && observation.qualifiers.empty()) {
            for (const Observation& part : observation.parts) add(part);
            return;
        }
        if (observation.kind != Observation::Kind::one) return stop("it asks for several observations together");
        std::optional<Time> from, until;
        for (const Qualifier& qualifier : observation.qualifiers) {
            if (qualifier.kind == Qualifier::Kind::repeats && qualifier.times > 1) return stop("it counts repetitions");
            if (qualifier.kind != Qualifier::Kind::start_stop) continue;
            if (from) return stop("it has several START and STOP");
            from = qualifier.start.time();
            until = qualifier.stop.time();
        }
        const std::size_t before = out_.values.size();
        add(observation.comparison);
        for (std::size_t i = before; i < out_.values.size(); ++i) {
            out_.values[i].from = from;
            out_.values[i].until = until;
        }
    }

    Compiled finish() { return std::move(out_); }

private:
    void stop(std::string reason) {
        if (out_.reason.empty()) out_.reason = std::move(reason);
    }

    void add(const Comparison& comparison) {
        switch (comparison.kind) {
            case Comparison::Kind::any:
                for (const Comparison& part : comparison.parts) add(part);
                return;
            case Comparison::Kind::all: return add_all(comparison.parts);
            case Comparison::Kind::test: return add(comparison.test);
        }
    }

    void add(const Test& test) {
        const Known* known = known_of(test.path);
        const bool subset = test.what == Operator::is_subset && known && (known->kind == Kind::address || !known->kind);
        if (!known || !identifies(*known, test.path)) return stop(format("{} is not looked up", shorten(test.path.text(), 200)));
        if (test.negated || (test.what != Operator::equal && test.what != Operator::in && !subset)) return stop(format("{} is compared by more than equality", shorten(test.path.text(), 200)));
        for (const Literal& literal : test.literals) {
            if (literal.kind != Literal::Kind::text) {
                stop(format("{} is compared with what is no string", shorten(test.path.text(), 200)));
                continue;
            }
            auto kind = known->kind;
            // Addresses are written with a length too.
            if (kind == Kind::address && literal.text.find('/') != std::string::npos) kind = Kind::network;
            out_.values.push_back({.kind = kind, .text = literal.text, .role = known->role});
        }
    }

    // An AND of conditions on one object. A file's hash identifies it whatever else is said of it; the type and the port of an
    // address are told beside it.
    void add_all(const std::vector<Comparison>& parts) {
        const Test* value = nullptr;
        std::uint16_t port = 0;
        bool plain = true;
        std::size_t hashes = 0;
        for (const Comparison& part : parts) {
            if (part.kind != Comparison::Kind::test || part.test.negated || part.test.what != Operator::equal) {
                plain = false;
                continue;
            }
            const Test& test = part.test;
            const Known* known = known_of(test.path);
            if (known && known->kind == Kind::hash && identifies(*known, test.path)) {
                ++hashes;
            } else if (test.path.object_type == "network-traffic") {
                const std::string path = test.path.text();
                const Literal& literal = test.literals[0];
                const bool is_port = path.ends_with(":dst_port") || path.ends_with(":src_port");
                if (known && known->role != Role::unknown && !value)
                    value = &test;
                else if (is_port && literal.kind == Literal::Kind::integer && literal.integer > 0 && literal.integer < 65'536)
                    port = static_cast<std::uint16_t>(literal.integer);
                else if (!path.ends_with("_ref.type") && path.find(":protocols[") == std::string::npos)
                    plain = false;
            } else {
                plain = false;
            }
        }
        if (hashes > 0) {
            for (const Comparison& part : parts)
                if (part.kind == Comparison::Kind::test && !part.test.negated && part.test.what == Operator::equal)
                    if (const Known* known = known_of(part.test.path); known && known->kind == Kind::hash && identifies(*known, part.test.path)) add(part.test);
            return;
        }
        if (!plain || !value) return stop("it asks for several properties together (AND)");
        add(*value);
        if (!out_.values.empty()) out_.values.back().port = port;
    }

    Compiled out_;
};

}  // namespace

Compiled compile(const Pattern& pattern) {
    Compiler compiler;
    compiler.add(pattern.top);
    return compiler.finish();
}

}  // namespace vg::intel::stix
