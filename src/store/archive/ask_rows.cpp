#include "store/archive/ask_rows.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "event/event.h"
#include "store/archive/ask_functions.h"
#include "store/archive/ask_sql.h"

namespace vg::store::archive {

namespace {

using PageValues = parquet::Values;
using search::Node;
using search::Term;
using Kind = search::Target::Kind;

tl::unexpected<Error> damaged_rows(std::string_view why) { return fail(Code::corrupt, "the rows are damaged: " + std::string{why}); }

constexpr std::size_t kPairs = 16;  // of an event, about
constexpr std::size_t kFewLeft = 8;  // so many are looked up where they stand, without a list of all values of their page

// Answers about the distinct values of a leaf, each asked for once.
class Memo {
public:
    template <class Ask>
    bool operator()(const PageValues& values, std::uint32_t place, const Ask& ask) {
        if (values.distinct == nullptr) return ask();
        if (known_.empty()) known_.resize(std::max(values.distinct->texts.size(), values.distinct->numbers.size()));
        std::uint8_t& known = known_[place];
        if (known == 0) known = ask() ? 2 : 1;
        return known == 2;
    }

private:
    std::vector<std::uint8_t> known_;
};

// Rows of which some are found: what is found is not asked again.
struct Search {
    RowGroup& group;
    RowNumbers left, found = {};

    // False when none of the leaf's distinct values fits: then no page of it needs to be looked at. Not asked when they
    // are many more than what there is to be asked in the pages.
    template <class Fits>
    Result<bool> any_distinct(parquet::LeafReader& leaf, std::size_t in_pages, const Fits& fits) {
        const parquet::Distinct* const distinct = TRY(leaf.distinct());
        if (distinct == nullptr) return true;
        const std::size_t count = std::max(distinct->texts.size(), distinct->numbers.size());
        if (count > in_pages) return true;
        PageValues values;
        values.distinct = distinct;
        for (std::uint32_t place = 0; place < count; ++place)
            if (fits(values, place)) return true;
        return false;
    }

    // fits(values, place) of the value of each row that has one.
    template <class Fits>
    Status column(std::size_t leaf_number, const Fits& fits) {
        parquet::LeafReader& leaf = group.leaf(leaf_number);
        if (!leaf.has_values() || left.empty()) return {};
        if (left.size() <= kFewLeft) return few(leaf, fits);
        if (!TRY(any_distinct(leaf, left.size(), fits))) return {};
        Memo memo;
        RowNumbers further;
        for (const std::uint32_t row : left) {
            const PageValues& values = TRY(leaf.page_of(row));
            const std::uint32_t place = values.place(row - values.first_row);
            const bool fit = place != PageValues::kNull && memo(values, place, [&] { return fits(values, place); });
            (fit ? found : further).push_back(row);
        }
        left = std::move(further);
        return {};
    }
    // The same of few rows.
    template <class Fits>
    Status few(parquet::LeafReader& leaf, const Fits& fits) {
        RowNumbers further;
        PageValues single;
        for (const std::uint32_t row : left) {
            const parquet::One one = TRY(leaf.one_of(row));
            single.texts.assign(1, one.text);
            single.numbers.assign(1, one.number);
            (one.has && fits(single, 0) ? found : further).push_back(row);
        }
        left = std::move(further);
        return {};
    }
    template <class Name, class Value>
    Status few_pairs(parquet::LeafReader& names_leaf, parquet::LeafReader& values_leaf, const Name& name_fits, const Value& value_fits) {
        RowNumbers further;
        for (const std::uint32_t row : left) {
            const auto values = TRY(values_leaf.list_of(row));
            const auto fitting = [&](std::size_t i) { return values[i] && value_fits(*values[i]); };
            std::size_t first = 0;
            while (first < values.size() && !fitting(first)) ++first;
            bool fit = false;
            if (first < values.size()) {  // names only where a value fits
                const auto names = TRY(names_leaf.list_of(row));
                if (names.size() != values.size()) return damaged_rows("lists of pairs");
                for (std::size_t i = first; i < values.size() && !fit; ++i) fit = names[i] && name_fits(*names[i]) && fitting(i);
            }
            (fit ? found : further).push_back(row);
        }
        left = std::move(further);
        return {};
    }
    // Of native or rest: a pair whose name and value fit.
    template <class Name, class Value>
    Status pairs(std::size_t first_leaf, const Name& name_fits, const Value& value_fits) {
        parquet::LeafReader& names_leaf = group.leaf(first_leaf);
        parquet::LeafReader& values_leaf = group.leaf(first_leaf + 1);
        if (!names_leaf.has_values() || !values_leaf.has_values() || left.empty()) return {};
        if (left.size() <= kFewLeft) return few_pairs(names_leaf, values_leaf, name_fits, value_fits);
        if (!TRY(any_distinct(values_leaf, left.size() * kPairs, [&](const PageValues& values, std::uint32_t at) { return value_fits(values.text_at(at)); }))) return {};
        Memo name_memo, value_memo;
        RowNumbers further;
        for (const std::uint32_t row : left) {
            const PageValues& names = TRY(names_leaf.page_of(row));
            const PageValues& values = TRY(values_leaf.page_of(row));
            const std::size_t n = row - names.first_row, v = row - values.first_row;
            if (names.begins.size() < n + 2 || values.begins.size() < v + 2) return damaged_rows("lists of pairs");
            const std::size_t count = names.begins[n + 1] - names.begins[n];
            if (count != values.begins[v + 1] - values.begins[v]) return damaged_rows("lists of pairs");
            bool fit = false;
            for (std::size_t i = 0; i < count && !fit; ++i) {
                const std::uint32_t name = names.places[names.begins[n] + i], value = values.places[values.begins[v] + i];
                fit = name != PageValues::kNull && value != PageValues::kNull && name_memo(names, name, [&] { return name_fits(names.text_at(name)); }) &&
                      value_memo(values, value, [&] { return value_fits(values.text_at(value)); });
            }
            (fit ? found : further).push_back(row);
        }
        left = std::move(further);
        return {};
    }
    // Of native or rest: a pair whose name fits.
    template <class Name>
    Status names(std::size_t first_leaf, const Name& name_fits) {
        parquet::LeafReader& names_leaf = group.leaf(first_leaf);
        if (!names_leaf.has_values() || left.empty()) return {};
        if (!TRY(any_distinct(names_leaf, left.size() * kPairs, [&](const PageValues& values, std::uint32_t at) { return name_fits(values.text_at(at)); }))) return {};
        Memo memo;
        RowNumbers further;
        for (const std::uint32_t row : left) {
            const PageValues& page = TRY(names_leaf.page_of(row));
            const std::size_t at = row - page.first_row;
            if (page.begins.size() < at + 2) return damaged_rows("lists of pairs");
            bool fit = false;
            for (std::uint32_t i = page.begins[at]; i < page.begins[at + 1] && !fit; ++i) {
                const std::uint32_t name = page.places[i];
                fit = name != PageValues::kNull && memo(page, name, [&] { return name_fits(page.text_at(name)); });
            }
            (fit ? found : further).push_back(row);
        }
        left = std::move(further);
        return {};
    }
    RowNumbers finish() {
        std::sort(found.begin(), found.end());
        return std::move(found);
    }
};

// What is left of `all` without `some`; both ascending.
RowNumbers without(const RowNumbers& all, const RowNumbers& some) {
    RowNumbers rest;
    std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(rest));
    return rest;
}

// How much has to be unpacked for it, about: what is cheap goes first.
int cost_of(const Node& node) {
    if (node.kind == Node::Kind::everything) return 0;
    if (node.kind != Node::Kind::term) {
        int most = 0;
        for (const Node& part : node.parts) most = std::max(most, cost_of(part));
        return most;
    }
    switch (node.term->target.kind) {
        case Kind::own: return 1;
        case Kind::ecs: return node.term->target.ecs == event::Ecs::message ? 4 : 2;
        case Kind::native: return 5;
        case Kind::any: break;
    }
    return 6;
}

}  // namespace

std::size_t native_leaf() { return native_place(); }
std::size_t rest_leaf() { return native_place() + 2; }

const std::vector<std::string>& leaf_paths() {
    static const auto* const made = [] {
        auto* paths = new std::vector<std::string>;
        for (std::size_t i = 0; i < native_place(); ++i) paths->emplace_back(columns()[i].name);
        for (const char* part : {"native.key_value.key", "native.key_value.value", "rest.list.element.name", "rest.list.element.value"}) paths->emplace_back(part);
        return paths;
    }();
    return *made;
}

Result<std::shared_ptr<const parquet::Layout>> read_segment_layout(const File& file) {
    auto layout = TRY(parquet::read_layout(file, leaf_paths()));
    for (std::size_t i = 0; i < layout->leaves.size(); ++i) {
        const parquet::LeafInfo& leaf = layout->leaves[i];
        if (!leaf.known) continue;
        const bool list = i >= native_leaf();
        const std::string_view sql = list ? "VARCHAR" : columns()[i].sql_type;
        const parquet::Type type = sql == "VARCHAR" ? parquet::Type::byte_array : sql == "BOOLEAN" ? parquet::Type::boolean : parquet::Type::int64;
        if (leaf.type != type || leaf.repetition != (list ? 1 : 0)) return fail(Code::bad_input, "a column of the file has another type");
    }
    return layout;
}

RowGroup::RowGroup(std::shared_ptr<const File> file, std::shared_ptr<const parquet::Layout> layout, std::size_t number)
    : file_(std::move(file)), layout_(std::move(layout)), number_(number), leaves_(leaf_paths().size()) {}

parquet::LeafReader& RowGroup::leaf(std::size_t leaf) {
    if (!leaves_[leaf]) {
        const bool is_value = leaf == native_leaf() + 1 || leaf == rest_leaf() + 1;
        leaves_[leaf] = std::make_unique<parquet::LeafReader>(*file_, *layout_, number_, leaf, is_value ? &this->leaf(leaf - 1) : nullptr);
    }
    return *leaves_[leaf];
}

std::size_t RowGroup::memory_bytes() const {
    std::size_t bytes = 0;
    for (const auto& leaf : leaves_)
        if (leaf) bytes += leaf->memory_bytes();
    return bytes;
}

Result<std::int64_t> RowGroup::number(Own own, std::size_t row) {
    const PageValues& values = TRY(leaf(place(own)).page_of(row));
    const auto number = values.number(row - values.first_row);
    if (!number) return damaged_rows("a value that is always there");
    return *number;
}

Result<RowNumbers> RowGroup::rows_between(std::int64_t first, std::int64_t last) {
    const auto first_not_below = [&](std::int64_t wanted) -> Result<std::size_t> {
        std::size_t low = 0, high = rows();
        while (low < high) {
            const std::size_t middle = low + (high - low) / 2;
            if (TRY(number(Own::position, middle)) < wanted) low = middle + 1;
            else high = middle;
        }
        return low;
    };
    const std::size_t begin = TRY(first_not_below(first));
    const std::size_t end = last == INT64_MAX ? rows() : TRY(first_not_below(last + 1));
    RowNumbers found;
    for (std::size_t row = begin; row < end; ++row) found.push_back(static_cast<std::uint32_t>(row));
    return found;
}

// As EventChunk::found() makes it of a row of DuckDB's.
Result<FoundEvent> RowGroup::event(std::size_t row) {
    const auto text = [&](Own own) -> Result<std::string_view> { return TRY(leaf(place(own)).one_of(row)).text; };
    const auto number = [&](Own own) -> Result<std::int64_t> {
        const parquet::One one = TRY(leaf(place(own)).one_of(row));
        if (!one.has) return damaged_rows("a value that is always there");
        return one.number;
    };
    FoundEvent found;
    event::Event event;
    found.position.value = static_cast<std::uint64_t>(TRY(number(Own::position)));
    event.occurred = found.occurred = Time{TRY(number(Own::occurred))};
    event.received = found.received = Time{TRY(number(Own::received))};
    event.occurred_known = TRY(number(Own::occurred_known)) != 0;
    if (const auto id = SourceId::parse(TRY(text(Own::source)))) found.source = *id;
    if (const auto id = OrganisationId::parse(TRY(text(Own::organisation)))) found.organisation = *id;
    event.format = TRY(text(Own::format));
    found.format = event.format;
    found.peer = TRY(text(Own::peer));
    found.unparsed = TRY(text(Own::unparsed));

    Arena arena;
    std::vector<event::Field> fields;
    for (std::size_t i = 0; i < event::all_fields().size(); ++i) {
        const event::FieldInfo& info = event::all_fields()[i];
        const auto ecs = static_cast<event::Ecs>(i + 1);
        parquet::LeafReader& from = leaf(place(ecs));
        if (!from.has_values()) continue;
        const parquet::One one = TRY(from.one_of(row));
        if (!one.has) continue;
        if (info.type == event::Type::integer || info.type == event::Type::time) {
            add_value(fields, info.name, arena.copy(info.type == event::Type::time ? to_rfc3339({one.number}) : std::to_string(one.number)), ecs);
            fields.back().integer = one.number;
        } else {
            add_value(fields, info.name, one.text, ecs);
        }
    }
    const auto each_pair = [&](std::size_t first_leaf, const auto& take) -> Status {
        parquet::LeafReader& names_leaf = leaf(first_leaf);
        parquet::LeafReader& values_leaf = leaf(first_leaf + 1);
        const auto names = TRY(names_leaf.list_of(row));
        const auto values = TRY(values_leaf.list_of(row));
        if (values_leaf.has_values() && values.size() != names.size()) return damaged_rows("lists of pairs");
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (!names[i]) return damaged_rows("a pair without a name");
            take(*names[i], i < values.size() ? values[i] : std::nullopt);
        }
        return {};
    };
    TRY(each_pair(native_leaf(), [&](std::string_view name, std::optional<std::string_view> value) { add_value(fields, name, value, event::Ecs::none); }));
    TRY(each_pair(rest_leaf(), [&](std::string_view name, std::optional<std::string_view> value) {
        const event::Ecs ecs = event::ecs_field(name);
        add_value(fields, unmarked(name), value, ecs);
        if (ecs == event::Ecs::none || !value) return;
        if (event::info(ecs).type == event::Type::integer) fields.back().integer = parse_int(*value).value_or(0);
        if (event::info(ecs).type == event::Type::time) fields.back().integer = parse_time(*value).value_or(Time{}).micros;
    }));
    event.fields = arena.copy(std::span<const event::Field>{fields});
    found.fields = event::to_json(event);
    return found;
}

Result<RowNumbers> RowTest::select(RowGroup& group, RowNumbers rows) {
    rows = TRY(in_scope(group, rows));
    if (question_->query == nullptr || rows.empty()) return rows;
    return node(question_->query->root(), group, std::move(rows));
}

Result<RowNumbers> RowTest::in_scope(RowGroup& group, const RowNumbers& rows) {
    const Question& wanted = *question_;
    RowNumbers found;
    for (const std::uint32_t row : rows) {
        const Time occurred{TRY(group.number(Own::occurred, row))};
        if (occurred < wanted.from || occurred >= wanted.to) continue;
        if (cursor_) {
            const bool newest = order_ == Order::newest_first;
            if (newest ? occurred > cursor_->occurred : occurred < cursor_->occurred) continue;
            if (occurred == cursor_->occurred) {
                const std::int64_t position = TRY(group.number(Own::position, row)), border = static_cast<std::int64_t>(cursor_->position.value);
                if (newest ? position >= border : position <= border) continue;
            }
        }
        found.push_back(row);
    }
    if (!wanted.organisations) return found;
    Search search{group, std::move(found)};
    TRY(search.column(place(Own::organisation), [&](const PageValues& values, std::uint32_t at) {
        const std::string_view id = values.text_at(at);
        return std::any_of(wanted.organisations->begin(), wanted.organisations->end(), [&](const OrganisationId& one) { return one.text() == id; });
    }));
    return search.finish();
}

Result<RowNumbers> RowTest::node(const Node& asked, RowGroup& group, RowNumbers rows) {
    switch (asked.kind) {
        case Node::Kind::everything: return rows;
        case Node::Kind::negation: {
            const RowNumbers some = TRY(node(asked.parts.front(), group, rows));
            return without(rows, some);
        }
        case Node::Kind::term: return term(*asked.term, group, std::move(rows));
        case Node::Kind::all_of:
        case Node::Kind::any_of: break;
    }
    std::vector<const Node*> parts;
    for (const Node& part : asked.parts) parts.push_back(&part);
    std::stable_sort(parts.begin(), parts.end(), [](const Node* a, const Node* b) { return cost_of(*a) < cost_of(*b); });
    if (asked.kind == Node::Kind::all_of) {
        for (const Node* part : parts) {
            if (rows.empty()) break;
            rows = TRY(node(*part, group, std::move(rows)));
        }
        return rows;
    }
    RowNumbers found;
    for (const Node* part : parts) {
        if (rows.empty()) break;
        const RowNumbers some = TRY(node(*part, group, rows));
        rows = without(rows, some);
        found.insert(found.end(), some.begin(), some.end());
    }
    std::sort(found.begin(), found.end());
    return found;
}

Result<RowNumbers> RowTest::term(const Term& term, RowGroup& group, RowNumbers rows) {
    const search::Predicate& predicate = term.predicate;
    const search::Target& target = term.target;
    Search search{group, std::move(rows)};
    const auto text = [&](const PageValues& values, std::uint32_t at) { return predicate.text(values.text_at(at), scratch_); };
    const auto value_text = [&](std::string_view value) { return predicate.text(value, scratch_); };
    const auto every_name = [](std::string_view) { return true; };
    if (target.kind == Kind::any) {
        for (std::size_t i = 0; i < event::all_fields().size(); ++i) {
            const event::Type type = event::all_fields()[i].type;
            const std::size_t leaf = place(static_cast<event::Ecs>(i + 1));
            if (type == event::Type::time || (type == event::Type::integer && !predicate.may_fit_number())) continue;
            if (type == event::Type::integer) TRY(search.column(leaf, [&](const PageValues& values, std::uint32_t at) { return predicate.text(std::to_string(values.number_at(at)), scratch_); }));
            else TRY(search.column(leaf, text));
        }
        TRY(search.pairs(native_leaf(), every_name, value_text));
        TRY(search.pairs(rest_leaf(), [](std::string_view name) { return !is_time_of_rest(name); }, value_text));
        return search.finish();
    }
    const auto rest = [&] {
        return search.pairs(rest_leaf(), [&](std::string_view name) { return is_rest_of(name, target); }, [&](std::string_view value) { return fits_rest(term, target.type(), value, scratch_); });
    };
    if (target.kind == Kind::native) {
        TRY(search.pairs(native_leaf(), [&](std::string_view name) { return target.names(name); }, value_text));
        TRY(rest());
        return search.finish();
    }
    const bool own = target.kind == Kind::own;
    if (own && !term.journal.empty() && term.journal != journal_) return RowNumbers{};
    const std::size_t leaf = own ? place(column_of(target.own)) : place(target.ecs);
    const event::Type type = target.type();
    if (predicate.exists) TRY(search.column(leaf, [](const PageValues&, std::uint32_t) { return true; }));
    else if (type == event::Type::time) TRY(search.column(leaf, [&](const PageValues& values, std::uint32_t at) { return predicate.time({values.number_at(at)}); }));
    else if (type == event::Type::integer) TRY(search.column(leaf, [&](const PageValues& values, std::uint32_t at) { return predicate.integer(values.number_at(at), scratch_); }));
    else TRY(search.column(leaf, text));
    if (!own) TRY(rest());
    return search.finish();
}

Result<RowNumbers> rows_worth(RowGroup& group, RowNumbers rows, const Worth& worth) {
    Search search{group, std::move(rows)};
    for (const event::Ecs field : worth.fields) {
        if (group.leaf(place(field)).info().type != parquet::Type::byte_array) return fail(Code::bad_input, "a field that is no text");
        TRY(search.column(place(field), [&](const PageValues& values, std::uint32_t at) { return worth.test(field, values.text_at(at)); }));
    }
    // Further values of a field, and native ones under the name of a field.
    const auto is_asked = [&](std::string_view name) { return std::find(worth.fields.begin(), worth.fields.end(), event::ecs_field(unmarked(name))) != worth.fields.end(); };
    TRY(search.names(rest_leaf(), is_asked));
    TRY(search.names(native_leaf(), is_asked));
    return search.finish();
}

}  // namespace vg::store::archive
