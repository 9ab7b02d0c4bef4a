#include "ingest/sources/elastic_bulk.h"

#include <chrono>
#include <unordered_map>

#include "base/json.h"
#include "base/text.h"
#include "ingest/answers.h"
#include "ingest/decompress.h"
#include "ingest/filter_path.h"
#include "ingest/frames/bulk.h"
#include "ingest/groups.h"

namespace vg::ingest {
namespace {

// "/logs-a/_bulk" -> "logs-a"; empty for "/_bulk".
std::string_view index_of(std::string_view path) {
    path.remove_prefix(1);
    const std::string_view first = path.substr(0, path.find('/'));
    return first.starts_with('_') ? std::string_view{} : first;
}

// What an item's line in the answer needs. Kept small: a request has up to a million of them.
struct Item {
    enum class Action : std::uint8_t { create, index, update, remove };
    Action action = Action::index;
    bool refused = false;      // for good; else its fate is that of its record
    std::uint32_t index = 0;   // into names
    std::uint32_t reason = 0;  // into names
    std::string id;
};

constexpr std::string_view name_of(Item::Action action) {
    switch (action) {
        case Item::Action::create: return "create";
        case Item::Action::index: return "index";
        case Item::Action::update: return "update";
        case Item::Action::remove: return "delete";
    }
    return "index";
}

// Texts that many items share.
class Names {
public:
    std::uint32_t of(std::string_view text) {
        if (!names_.empty() && names_.back() == text) return static_cast<std::uint32_t>(names_.size() - 1);
        const auto found = places_.find(std::string{text});
        if (found != places_.end()) return found->second;
        names_.emplace_back(text);
        const auto place = static_cast<std::uint32_t>(names_.size() - 1);
        places_.emplace(text, place);
        return place;
    }
    [[nodiscard]] const std::string& at(std::uint32_t place) const { return names_[place]; }

private:
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::uint32_t> places_;
};

struct Bulk {
    explicit Bulk(HttpAsk& a) : ask(a), groups(a), tally(a.counters.of(a.source.id)), index(index_of(a.request.path)) {}

    bool take(const BulkItem& item) {
        if (items.size() >= ask.limits.bulk_items) {
            too_many = true;
            return false;
        }
        Item& kept = items.emplace_back();
        if (item.action == "create") kept.action = Item::Action::create;
        if (item.action == "update") kept.action = Item::Action::update;
        if (item.action == "delete") kept.action = Item::Action::remove;
        kept.index = names.of(item.index.empty() ? index : item.index);
        kept.id = item.id;
        if (!item.refused.empty()) {
            kept.refused = true;
            kept.reason = names.of(item.refused);
            tally.received.fetch_add(1, std::memory_order_relaxed);
            tally.refused.fetch_add(1, std::memory_order_relaxed);
        } else {
            groups.add(item.document, items.size());
        }
        return true;
    }

    HttpAsk& ask;
    Groups groups;
    Tally& tally;
    std::string index;
    std::vector<Item> items;
    Names names;
    bool too_many = false;
};

struct Wanted {
    explicit Wanted(const FilterPath& filter) {
        for (const auto action : {Item::Action::create, Item::Action::index, Item::Action::update, Item::Action::remove}) {
            const std::string_view name = name_of(action);
            auto& one = of[static_cast<std::size_t>(action)];
            one.index = filter.keeps({"items", name, "_index"});
            one.id = filter.keeps({"items", name, "_id"});
            one.result = filter.keeps({"items", name, "result"});
            one.status = filter.keeps({"items", name, "status"});
            one.error = filter.keeps({"items", name, "error"}) || filter.keeps({"items", name, "error", "reason"});
        }
    }
    struct One {
        bool index = true, id = true, result = true, status = true, error = true;
    };
    One of[4];
};

void write_item(std::string& out, const Bulk& bulk, const Item& item, int status, std::string_view type, std::string_view reason, const Wanted::One& wanted,
                bool& first_item) {
    const bool failed = status >= 300;
    if (!wanted.index && !wanted.id && !wanted.status && !(wanted.result && !failed) && !(wanted.error && failed)) return;
    if (!first_item) out.push_back(',');
    first_item = false;
    out.append("{\"").append(name_of(item.action)).append("\":{");
    bool first = true;
    const auto member = [&](std::string_view name) {
        if (!first) out.push_back(',');
        first = false;
        out.append("\"").append(name).append("\":");
    };
    if (wanted.index) {
        member("_index");
        json::quote(out, bulk.names.at(item.index));
    }
    if (wanted.id) {
        member("_id");
        if (item.id.empty())
            out.append("null");
        else
            json::quote(out, item.id);
    }
    if (wanted.result && !failed) {
        member("result");
        out.append("\"created\"");
    }
    if (wanted.status) {
        member("status");
        out.append(std::to_string(status));
    }
    if (wanted.error && failed) {
        member("error");
        out.append("{\"type\":\"").append(type).append("\",\"reason\":");
        json::quote(out, reason);
        out.push_back('}');
    }
    out.append("}}");
}

net::Response write_answer(const Bulk& bulk, std::int64_t took) {
    const FilterPath filter{bulk.ask.request.parameter("filter_path").value_or("")};
    const Wanted wanted{filter};
    const auto& outcomes = bulk.groups.outcomes();
    bool errors = false, busy = false, first_item = true;
    std::string items;
    std::size_t at = 0;
    std::uint64_t used = 0;  // records of outcomes[at] that have found their item
    for (const Item& item : bulk.items) {
        int status = 201;
        std::string_view type, reason;
        if (item.refused) {
            status = 400;
            type = item.action == Item::Action::update || item.action == Item::Action::remove ? "illegal_argument_exception" : "document_parsing_exception";
            reason = bulk.names.at(item.reason);
        } else {
            while (used == outcomes[at].records) {
                ++at;
                used = 0;
            }
            ++used;
            if (const Status& outcome = outcomes[at].status; !outcome) {
                const int code = status_of(outcome.error().code);
                status = code == 429 || code == 503 ? code : 400;
                type = status == 429 ? "es_rejected_execution_exception" : status == 503 ? "unavailable_exception" : "illegal_argument_exception";
                reason = outcome.error().text;
                busy = busy || status != 400;
            }
        }
        errors = errors || status >= 300;
        write_item(items, bulk, item, status, type, reason, wanted.of[static_cast<std::size_t>(item.action)], first_item);
    }
    std::string out = "{";
    if (filter.keeps({"took"})) out.append("\"took\":").append(std::to_string(took)).append(",");
    if (filter.keeps({"errors"})) out.append("\"errors\":").append(errors ? "true" : "false").append(",");
    if (!first_item || filter.keeps({"items"}))
        out.append("\"items\":[").append(items).append("]");
    else if (out.ends_with(','))
        out.pop_back();
    out.push_back('}');
    net::Response response = net::Response::json(200, std::move(out));
    if (busy) response.with("Retry-After", "1");
    return response;
}

}  // namespace

Result<net::Response> elastic_bulk(HttpAsk& ask) {
    const auto began = std::chrono::steady_clock::now();
    const auto length = parse_int(ask.request.header("content-length").value_or("0"));
    // Refused before anything of it is kept, so that a sender that splits it and tries again sends nothing twice.
    if (length && static_cast<std::uint64_t>(std::max<std::int64_t>(0, *length)) > ask.limits.bulk_bytes)
        return fail(Code::too_large, "a _bulk request has at most " + std::to_string(ask.limits.bulk_bytes) + " bytes");
    const auto decompressor = TRY(Decompressor::make(ask.request.header("content-encoding").value_or(""), ask.limits.bulk_bytes));
    Bulk bulk{ask};
    BulkDecoder decoder{ask.limits.line_bytes, [&](const BulkItem& item) { return bulk.take(item); }};
    Status framing;
    const auto on_bytes = [&](std::string_view bytes) {
        framing = decoder.feed(bytes);
        return framing && !bulk.too_many;
    };
    const auto give_up = [&](const Error& error) {
        bulk.groups.finish();
        return fail(error);
    };
    for (;;) {
        auto piece = ask.request.body->next();
        if (!piece) return give_up(piece.error());
        if (piece->empty()) break;
        const auto more = decompressor->feed(*piece, on_bytes);
        if (!more) return give_up(more.error());
        if (!framing) return give_up(framing.error());
        if (bulk.too_many) return give_up({Code::too_large, "a _bulk request has at most " + std::to_string(ask.limits.bulk_items) + " items"});
    }
    if (const auto whole = decompressor->finish(); !whole) return give_up(whole.error());
    if (const auto whole = decoder.finish(); !whole) return give_up(whole.error());
    if (bulk.items.empty()) return fail(Code::bad_input, "Validation Failed: 1: no requests added;");
    bulk.groups.finish();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
    return write_answer(bulk, took);
}

Result<net::Response> elastic_document(HttpAsk& ask) {
    const auto decompressor = TRY(Decompressor::make(ask.request.header("content-encoding").value_or(""), ask.limits.line_bytes));
    std::string document;
    for (;;) {
        const std::string piece = TRY(ask.request.body->next());
        if (piece.empty()) break;
        TRY(decompressor->feed(piece, [&](std::string_view bytes) {
            document.append(bytes);
            return true;
        }));
    }
    TRY(decompressor->finish());
    Tally& tally = ask.counters.of(ask.source.id);
    JsonObjectCheck check{ask.limits.line_bytes};
    if (const auto reason = check.refuse(document)) {
        tally.received.fetch_add(1, std::memory_order_relaxed);
        tally.refused.fetch_add(1, std::memory_order_relaxed);
        return elastic_error(400, "document_parsing_exception", *reason);
    }
    Groups groups{ask};
    groups.add(document, 1);
    groups.finish();
    if (groups.failed()) return fail(*groups.failed());
    const auto parts = split(std::string_view{ask.request.path}.substr(1), '/');
    json::Value body = json::object({{"_index", parts[0]}, {"_id", parts.size() > 2 ? json::Value{parts[2]} : json::Value{}}, {"result", "created"}});
    return net::Response::json(201, body.dump());
}

}  // namespace vg::ingest
