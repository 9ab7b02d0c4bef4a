#include "lists/rows.h"

#include <algorithm>
#include <bit>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "lists/words.h"

namespace vg::lists {

namespace {

constexpr std::size_t kKnownPeers = 4'096;
constexpr std::size_t kMostPeersInRow = 64;
constexpr Span kClockError = hours(24);

// Roles that are texts, with where they stand in a record.
struct TextRole {
    Role role;
    std::string Record::*member;
};
constexpr std::array kTextRoles{TextRole{Role::family, &Record::family},     TextRole{Role::unit, &Record::unit},     TextRole{Role::province, &Record::province},
                                TextRole{Role::provider, &Record::provider}, TextRole{Role::hostname, &Record::hostname}, TextRole{Role::sector, &Record::sector},
                                TextRole{Role::report, &Record::report},     TextRole{Role::source, &Record::source}, TextRole{Role::level, &Record::level},
                                TextRole{Role::note, &Record::note}};

// All that a record means by its roles, as bytes of which no two meanings are equal.
void put_meaning(const Record& record, std::string& out) {
    out.clear();
    const auto raw = [&](const auto& value) { out.append(reinterpret_cast<const char*>(&value), sizeof(value)); };
    const auto text = [&](const std::string& value) {
        raw(static_cast<std::uint32_t>(value.size()));
        out += value;
    };
    const auto number = [&](const auto& value) { raw(value ? static_cast<std::uint64_t>(*value) : ~std::uint64_t{0}); };
    const auto time = [&](const std::optional<Time>& value) { raw(value ? static_cast<std::uint64_t>(value->micros) : std::uint64_t{1} << 63); };
    if (record.address) out.append(reinterpret_cast<const char*>(record.address->bytes.data()), record.address->bytes.size());
    out.push_back(record.address ? 'a' : 'n');
    for (const std::string* one : {&record.host, &record.url, &record.c2, &record.destination, &record.protocol}) text(*one);
    for (const auto* one : {&record.port, &record.c2_port, &record.destination_port}) number(*one);
    time(record.seen);
    time(record.first_seen);
    number(record.asn);
    for (const TextRole& one : kTextRoles) text(record.*(one.member));
}

bool is_ascii_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

RowReader::RowReader(const ReadOptions& options, const Profile* profile, Reading& reading, std::size_t rows, bool normalise)
    : options_(options), profile_(profile), reading_(reading), normalise_(normalise), times_(reading.date_order, reading.zone), evidence_(reading.columns.size()),
      slots_(std::bit_ceil(std::max<std::size_t>(1'024, std::min(rows, options.most_records) * 2))), seed_(hash64(options.name, reading.columns.size())) {
    for (const Column& column : reading_.columns) {
        if (column.role == Role::ignore) kept_.push_back(column.index);
        by_role_[static_cast<std::size_t>(column.role)].push_back(column.index);
    }
    if (!by_role_[static_cast<std::size_t>(Role::victim)].empty()) reading_.records.reserve(std::min(rows, options.most_records));
    if (profile_ == nullptr) return;
    const auto place = [&](std::size_t column) {
        const auto& first = profile_->first;
        return std::find(first.begin(), first.end(), reading_.columns[column].key) - first.begin();
    };
    for (auto& columns : by_role_) std::stable_sort(columns.begin(), columns.end(), [&](std::size_t a, std::size_t b) { return place(a) < place(b); });
}

std::string_view RowReader::first_of(Role role, std::size_t& column) const {
    for (const std::size_t index : by_role_[static_cast<std::size_t>(role)])
        if (!cells_[index].empty()) {
            column = index;
            return cells_[index];
        }
    return {};
}

void RowReader::look(const RawRow& row) {
    cells_.assign(reading_.columns.size(), {});
    for (std::size_t i = 0; i < cells_.size() && i < row.cells.size(); ++i) {
        const std::string_view text = tidy(row.cells[i]);
        if (says_nothing(text) || (i < row.kinds.size() && row.kinds[i] == tables::CellKind::error)) continue;  // "#N/A"
        cells_[i] = text;
        evidence_[i].count(text);
    }
}

void RowReader::set_text(Role role, std::string& into) const {
    std::size_t column = 0;
    const std::string_view text = first_of(role, column);
    if (normalise_ && !is_ascii_text(text)) into = nfc(text);
    else into.assign(text);
}

Status RowReader::fill_victims(Refusal& why) {
    victims_.clear();
    bool any = false;
    for (const std::size_t index : by_role_[static_cast<std::size_t>(Role::victim)]) {
        const std::string_view cell = cells_[index];
        if (cell.empty()) continue;
        any = true;
        if (const auto address = parse_address(cell); address && victims_.empty()) {
            victims_.push_back({.address = *address});
            continue;
        }
        auto read = read_victims(cell, options_.most_of_range);
        if (!read) {
            why = {.column = index, .reason = std::move(read.error().text)};
            return fail(Code::bad_input, "");
        }
        // A page and the address that it stands on are one; otherwise all are affected.
        if (victims_.size() == 1 && read->size() == 1) {
            Victim& first = victims_.front();
            Victim& second = read->front();
            const bool page_first = !first.address && second.address && second.url.empty(), page_second = first.address && first.url.empty() && !second.address;
            if (page_first) first.address = second.address;
            if (page_second) {
                second.address = first.address;
                if (!second.port) second.port = first.port;
                first = std::move(second);
            }
            if (page_first || page_second) continue;
        }
        victims_.insert(victims_.end(), std::make_move_iterator(read->begin()), std::make_move_iterator(read->end()));
    }
    const auto& columns = by_role_[static_cast<std::size_t>(Role::victim)];
    if (!any) {
        why = {.column = columns.empty() ? 0 : columns.front(), .reason = "the row does not say who is affected"};
        return fail(Code::bad_input, "");
    }
    return {};
}

Status RowReader::fill_time(std::size_t column, std::string_view cell, std::optional<Time>& into, Refusal& why) {
    auto when = times_.read(cell);
    if (!when) {
        why = {.column = column, .reason = std::move(when.error().text)};
        return fail(Code::bad_input, "");
    }
    lacked_order_ |= when->either_order && !reading_.date_order;
    lacked_zone_ |= when->without_zone && reading_.zone.empty();
    day_only_ += when->day_only ? 1 : 0;
    if (when->time && options_.now.micros > 0 && *when->time > options_.now + kClockError) {
        why = {.column = column, .reason = format("{} lies in the future", to_rfc3339(*when->time))};
        return fail(Code::bad_input, "");
    }
    into = when->time;
    return {};
}

void RowReader::leave_unread(Record& record, std::size_t column, std::string_view what) {
    const std::string& header = reading_.columns[column].header;
    record.others.emplace_back(header, cells_[column]);
    Unread& unread = unread_[format("{} in \"{}\"", what, header)];
    if (unread.count++ == 0) unread.first_line = record.line;
}

const std::vector<Peer>* RowReader::peers_of(std::string_view cell) {
    if (const auto known = known_peers_.find(cell); known != known_peers_.end()) return known->second.empty() ? nullptr : &known->second;
    if (known_peers_.size() >= kKnownPeers) known_peers_.clear();
    auto peers = read_peers(cell);
    auto& kept = known_peers_[std::string{cell}];
    if (peers && peers->size() <= kMostPeersInRow) kept = std::move(*peers);
    return kept.empty() ? nullptr : &kept;
}

void RowReader::fill_ports(Record& record) {
    const auto fill_one = [&](Role role, std::optional<std::uint16_t>& into) {
        std::size_t column = 0;
        const std::string_view cell = first_of(role, column);
        if (cell.empty()) return;
        const auto port = read_port(cell);
        if (!port) return leave_unread(record, column, "ports");
        into = port->port;
        if (record.protocol.empty() && !port->protocol.empty() && is_ascii_text(port->protocol)) record.protocol = lower_ascii(trim(port->protocol));
    };
    std::size_t column = 0;
    if (const std::string_view protocol = first_of(Role::protocol, column); !protocol.empty()) record.protocol = is_ascii_text(protocol) ? lower_ascii(protocol) : fold_case(protocol);
    fill_one(Role::victim_port, record.port);
    fill_one(Role::c2_port, record.c2_port);
    fill_one(Role::destination_port, record.destination_port);
    if (const std::string_view asn = first_of(Role::asn, column); !asn.empty()) {
        record.asn = read_asn(asn);
        if (!record.asn) leave_unread(record, column, "numbers of autonomous systems");
    }
}

void RowReader::fill_rest(Record& record) {
    for (const TextRole& one : kTextRoles) set_text(one.role, record.*(one.member));
    if (record.report.empty() && profile_ != nullptr) record.report = profile_->report;
    for (const std::size_t column : kept_)
        if (!cells_[column].empty()) record.others.emplace_back(reading_.columns[column].header, cells_[column]);
    // What a second column of a role says is kept beside.
    for (const TextRole& one : kTextRoles) {
        const auto& columns = by_role_[static_cast<std::size_t>(one.role)];
        if (columns.size() < 2) continue;
        std::size_t used = 0;
        static_cast<void>(first_of(one.role, used));
        for (const std::size_t column : columns)
            if (column != used && !cells_[column].empty()) record.others.emplace_back(reading_.columns[column].header, cells_[column]);
    }
}

// Several columns tell when: the first that does so by itself counts; otherwise one has the day and another the time of day.
Status RowReader::fill_seen(Record& record, Refusal& why) {
    std::string all;
    std::size_t first = 0, filled = 0;
    for (const std::size_t index : by_role_[static_cast<std::size_t>(Role::seen)]) {
        if (cells_[index].empty()) continue;
        if (filled++ == 0) first = index;
        all += (all.empty() ? "" : " ") + std::string{cells_[index]};
    }
    if (filled == 0) return {};
    const auto alone = times_.read(cells_[first]);
    const bool is_whole = filled == 1 || (alone && !alone->day_only);
    return fill_time(first, is_whole ? cells_[first] : std::string_view{all}, record.seen, why);
}

Status RowReader::fill(Record& record, Refusal& why) {
    TRY(fill_victims(why));
    const auto& seen = by_role_[static_cast<std::size_t>(Role::seen)];
    std::size_t column = 0;
    if (seen.size() > 1) {
        TRY(fill_seen(record, why));
    } else if (const std::string_view cell = first_of(Role::seen, column); !cell.empty()) {
        TRY(fill_time(column, cell, record.seen, why));
    }
    if (const std::string_view cell = first_of(Role::first_seen, column); !cell.empty()) TRY(fill_time(column, cell, record.first_seen, why));
    fill_ports(record);
    fill_rest(record);
    return {};
}

void RowReader::add_peers(Record& base) {
    std::size_t column = 0;
    if (const std::string_view cell = first_of(Role::destination, column); !cell.empty()) {
        if (const auto* peers = peers_of(cell); peers != nullptr && peers->size() == 1) {
            base.destination = peers->front().text;
            if (!base.destination_port) base.destination_port = peers->front().port;
        } else {
            leave_unread(base, column, "destinations");
        }
    }
}

void RowReader::grow() {
    std::vector<Slot> larger(slots_.size() * 2);
    for (const Slot& slot : slots_) {
        if (slot.record == 0) continue;
        std::size_t at = slot.hash & (larger.size() - 1);
        while (larger[at].record != 0) at = (at + 1) & (larger.size() - 1);
        larger[at] = slot;
    }
    slots_ = std::move(larger);
}

bool RowReader::is_new(std::size_t& duplicate_of) {
    const Record& record = reading_.records.back();
    put_meaning(record, key_);
    const std::uint64_t hash = hash64(key_, seed_);
    if (reading_.records.size() * 2 > slots_.size()) grow();
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at].record != 0; at = (at + 1) & (slots_.size() - 1)) {
        if (slots_[at].hash != hash) continue;
        const Record& other = reading_.records[slots_[at].record - 1];
        std::string other_key;
        put_meaning(other, other_key);
        if (other_key != key_) continue;
        duplicate_of = other.line;
        return false;
    }
    slots_[at] = {.hash = hash, .record = static_cast<std::uint32_t>(reading_.records.size())};
    return true;
}

std::vector<std::string> RowReader::written(const RawRow& row) const {
    if (!row.refused.empty()) return {to_valid_utf8(shorten(row.beginning, 200))};
    return {row.cells.begin(), row.cells.end()};
}

std::vector<std::string> RowReader::read_as(const Record& first, std::size_t records) const {
    std::vector<std::string> out(reading_.columns.size());
    const auto set = [&](Role role, std::string text) {
        const auto& columns = by_role_[static_cast<std::size_t>(role)];
        if (!columns.empty() && text != cells_[columns.front()]) out[columns.front()] = std::move(text);
    };
    if (records > 1) {
        std::string all;
        const std::size_t begin = reading_.records.size() - records;
        for (std::size_t i = begin; i < reading_.records.size() && i < begin + 4; ++i) {
            const Record& one = reading_.records[i];
            if (!all.empty()) all += ", ";
            all += one.address ? one.address->text() : one.host;
        }
        set(Role::victim, records > 4 ? format("{}… ({})", all, records) : all);
    } else if (!first.url.empty()) {
        set(Role::victim, first.url);
    } else {
        std::string victim = first.address ? first.address->text() : first.host;
        if (first.port && by_role_[static_cast<std::size_t>(Role::victim_port)].empty()) victim += format(" : {}", *first.port);
        set(Role::victim, std::move(victim));
    }
    if (first.seen) set(Role::seen, to_rfc3339(*first.seen));
    if (first.first_seen) set(Role::first_seen, to_rfc3339(*first.first_seen));
    if (!first.c2.empty()) set(Role::c2, first.c2);
    if (!first.destination.empty()) set(Role::destination, first.destination);
    return out;
}

void RowReader::show(const RawRow& row, Outcome outcome, std::size_t duplicate_of, const Refusal* why) {
    const bool among_first = reading_.views.size() - rejected_views_ < options_.most_views;
    if (!among_first && outcome != Outcome::rejected) return;
    RowView view{.line = row.line, .outcome = outcome, .duplicate_of = duplicate_of, .cells = written(row)};
    if (why != nullptr) {
        view.column = why->column;
        view.reason = why->reason;
    }
    if (outcome == Outcome::rejected) {
        if (among_first || rejected_views_ < options_.most_views) {
            reading_.views.push_back(view);
            if (!among_first) ++rejected_views_;
        }
        reading_.rejected_rows.push_back(std::move(view));
        return;
    }
    reading_.views.push_back(std::move(view));
}

void RowReader::reject(const RawRow& row, Refusal why) {
    ++reading_.rejected;
    show(row, Outcome::rejected, 0, &why);
}

bool RowReader::take(const RawRow& row) {
    if (reading_.read >= options_.most_rows) {
        failure_ = fail(Code::too_large, format("the list has more than {} rows: cut it into several", options_.most_rows));
        return false;
    }
    if (!row.refused.empty()) {
        ++reading_.read;
        reject(row, {.column = 0, .reason = std::string{row.refused}});
        return true;
    }
    look(row);
    bool holds_something = false;
    for (const std::string_view cell : cells_) holds_something |= !cell.empty();
    for (std::size_t i = cells_.size(); i < row.cells.size(); ++i) {
        if (tidy(row.cells[i]).empty()) continue;
        ++reading_.read;
        reject(row, {.column = i, .reason = format("the row has {} cells and the header {}: a separator may stand in a cell without quotes", row.cells.size(), cells_.size())});
        return true;
    }
    if (!holds_something) {
        // A row of separators holds nothing; one that says nothing in words is a row.
        if (std::all_of(row.cells.begin(), row.cells.end(), [](std::string_view cell) { return tidy(cell).empty(); })) return true;
    }
    ++reading_.read;
    if (by_role_[static_cast<std::size_t>(Role::victim)].empty()) {
        ++reading_.accepted;
        show(row, Outcome::accepted, 0, nullptr);
        return true;
    }
    const std::size_t before = reading_.records.size();
    Refusal why;
    reading_.records.emplace_back();
    {
        Record& record = reading_.records.back();
        record.line = row.line;
        if (!fill(record, why)) {
            reading_.records.pop_back();
            reject(row, std::move(why));
            return true;
        }
        add_peers(record);
    }
    std::size_t c2_column = 0;
    const std::string_view c2_cell = first_of(Role::c2, c2_column);
    const std::vector<Peer>* peers = c2_cell.empty() ? nullptr : peers_of(c2_cell);
    if (!c2_cell.empty() && peers == nullptr) leave_unread(reading_.records.back(), c2_column, "control servers");
    for (const std::size_t column : by_role_[static_cast<std::size_t>(Role::c2)])
        if (column != c2_column && !cells_[column].empty()) reading_.records.back().others.emplace_back(reading_.columns[column].header, cells_[column]);
    const std::size_t peer_count = peers == nullptr ? 1 : peers->size();
    if (before + victims_.size() * peer_count > options_.most_records) {
        failure_ = fail(Code::too_large, format("the rows of the list stand for more than {} records: cut it into several", options_.most_records));
        return false;
    }
    std::size_t added = 0, duplicate_of = 0;
    Record base;
    const bool single = victims_.size() * peer_count == 1;
    if (!single) {
        base = std::move(reading_.records.back());
        reading_.records.pop_back();
    }
    for (Victim& victim : victims_) {
        for (std::size_t p = 0; p < peer_count; ++p) {
            if (!single) reading_.records.push_back(base);
            Record& record = reading_.records.back();
            record.address = victim.address;
            record.host = victim.host;
            record.url = victim.url;
            if (!record.port) record.port = victim.port;
            if (peers != nullptr) {
                record.c2 = (*peers)[p].text;
                if (!record.c2_port) record.c2_port = (*peers)[p].port;
            }
            if (is_new(duplicate_of)) ++added;
            else reading_.records.pop_back();
        }
    }
    if (added == 0) {
        ++reading_.duplicate;
        show(row, Outcome::duplicate, duplicate_of, nullptr);
        return true;
    }
    ++reading_.accepted;
    if (reading_.views.size() - rejected_views_ < options_.most_views) {
        show(row, Outcome::accepted, 0, nullptr);
        reading_.views.back().read_as = read_as(reading_.records[before], added);
    }
    return true;
}

void RowReader::finish() {
    for (Column& column : reading_.columns) {
        evidence_[column.index].tell(column);
        if (!column.decided) evidence_[column.index].suppose(column);
    }
    for (const auto& [what, unread] : unread_)
        reading_.remarks.push_back(format("{} rows have {} that could not be read and are kept beside; the first is line {}", unread.count, what, unread.first_line));
    if (day_only_ > 0) reading_.remarks.push_back(format("{} times are days alone and are taken as their beginning", day_only_));
}

}  // namespace vg::lists
