#include "lists/columns.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "lists/cells.h"
#include "lists/profiles.h"
#include "lists/when.h"
#include "lists/words.h"

namespace vg::lists {

namespace {

constexpr std::size_t kSamples = 5, kMostSample = 80;

bool is_protocol(std::string_view text) {
    constexpr std::array<std::string_view, 12> kProtocols{"tcp", "udp", "icmp", "http", "https", "dns", "smtp", "ssh", "ftp", "telnet", "smb", "tls"};
    if (text.size() > 6) return false;
    return std::any_of(kProtocols.begin(), kProtocols.end(), [&](std::string_view one) { return equal_ignoring_ascii_case(one, text); });
}

bool has_word(std::string_view key, std::initializer_list<std::string_view> words) {
    const std::string padded = format(" {} ", key);
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return padded.find(format(" {} ", word)) != std::string::npos; });
}

// By the words of the header alone.
std::optional<Role> role_by_words(std::string_view key) {
    const bool port = has_word(key, {"port", "cong"});
    if (has_word(key, {"c c", "c2", "cnc", "cc", "dieu khien"})) return port ? Role::c2_port : Role::c2;
    if (has_word(key, {"dich", "dst", "destination"})) return port ? Role::destination_port : Role::destination;
    if (has_word(key, {"nan nhan", "victim", "nhiem", "infected"})) return port ? Role::victim_port : Role::victim;
    if (has_word(key, {"ma doc", "malware", "virus", "botnet", "infection"})) return Role::family;
    if (has_word(key, {"don vi", "co quan", "to chuc", "chu quan"})) return Role::unit;
    if (has_word(key, {"tinh", "dia phuong", "thanh pho"})) return Role::province;
    if (has_word(key, {"nha mang", "isp", "nha cung cap"})) return Role::provider;
    if (has_word(key, {"giao thuc", "protocol"})) return Role::protocol;
    if (has_word(key, {"ghi chu", "note"})) return Role::note;
    return std::nullopt;
}

}  // namespace

HeaderZone zone_in_header(std::string_view key, std::string_view header) {
    struct Ending {
        std::string_view words, zone;
    };
    for (std::size_t at = header.find('-'); at != std::string_view::npos; at = header.find('-', at + 1))
        if (at + 1 < header.size() && header[at + 1] >= '0' && header[at + 1] <= '9') return {.key = std::string{key}, .zone = {}};
    static constexpr std::array kEndings{Ending{" gmt 7", "Asia/Ho_Chi_Minh"}, Ending{" utc 7", "Asia/Ho_Chi_Minh"}, Ending{" gmt 07 00", "Asia/Ho_Chi_Minh"}, Ending{" utc 07 00", "Asia/Ho_Chi_Minh"},
                                         Ending{" gio viet nam", "Asia/Ho_Chi_Minh"}, Ending{" utc", "UTC"}, Ending{" gmt", "UTC"}, Ending{" gmt 0", "UTC"}, Ending{" utc 0", "UTC"}};
    for (const Ending& ending : kEndings)
        if (key.size() > ending.words.size() && key.ends_with(ending.words)) return {.key = std::string{key.substr(0, key.size() - ending.words.size())}, .zone = std::string{ending.zone}};
    return {.key = std::string{key}};
}

Result<ChosenColumns> choose_columns(const Shape& shape, const ReadOptions& options) {
    ChosenColumns chosen;
    if (options.profile.empty()) {
        chosen.profile = fitting_profile(options.profiles, shape.keys, options.name);
    } else if (options.profile != "none") {
        for (const Profile& profile : options.profiles)
            if (profile.name == options.profile) chosen.profile = &profile;
        if (chosen.profile == nullptr) return fail(Code::not_found, format("there is no profile \"{}\"", shorten(options.profile, 80)));
    }
    for (std::size_t i = 0; i < shape.headers.size(); ++i) {
        Column column{.index = i, .header = shape.headers[i], .key = shape.keys[i]};
        if (const auto told = options.columns.find(column.key); told != options.columns.end()) {
            column.role = told->second;
            column.decided = true;
            column.grounds = "a person said so";
        } else if (chosen.profile != nullptr) {
            auto named = chosen.profile->columns.find(column.key);
            const HeaderZone said = zone_in_header(column.key, column.header);
            if (named == chosen.profile->columns.end() && !said.zone.empty()) named = chosen.profile->columns.find(said.key);
            if (named != chosen.profile->columns.end()) column.role = named->second;
            column.decided = named != chosen.profile->columns.end() || chosen.profile->keeps_others;
            const bool is_named = named != chosen.profile->columns.end();
            if (column.decided) column.grounds = format("the profile \"{}\" {}", chosen.profile->name, is_named ? "says so" : "keeps it without using it");
        }
        if (column.role == Role::seen || column.role == Role::first_seen)
            if (HeaderZone said = zone_in_header(column.key, column.header); !said.zone.empty()) chosen.zone = std::move(said.zone);
        chosen.columns.push_back(std::move(column));
    }
    return chosen;
}

void ColumnEvidence::count(std::string_view cell) {
    if (cell.empty()) return;
    ++filled_;
    const char first = cell.front();
    if (first >= '0' && first <= '9') {
        if (cell.find_first_not_of("0123456789") == std::string_view::npos) {
            ++numbers_;
            if (cell.size() <= 5 && *parse_int(cell) <= 65'535) {
                ++ports_;
                counts_up_ &= *parse_int(cell) == static_cast<std::int64_t>(filled_);
            } else {
                counts_up_ = false;
            }
        } else {
            counts_up_ = false;
            if (parse_address(cell) || looks_like_address(cell)) ++addresses_;
            else if (looks_like_time(cell)) ++times_;
            else if (cell.find_first_not_of("0123456789.,") == std::string_view::npos) ++numbers_;
        }
    } else {
        counts_up_ = false;
        if (is_protocol(cell)) ++protocols_;
        else if ((first == 'A' || first == 'a') && cell.size() > 2 && (cell[1] == 'S' || cell[1] == 's') && read_asn(cell)) ++as_numbers_;
        else if (cell.find("://") != std::string_view::npos) ++pages_;
        else if (cell.find(':') != std::string_view::npos && looks_like_address(cell)) ++addresses_;
    }
    if (samples_.size() < kSamples && std::find(samples_.begin(), samples_.end(), cell.substr(0, kMostSample)) == samples_.end()) samples_.push_back(shorten(cell, kMostSample));
}

void ColumnEvidence::tell(Column& column) const {
    column.filled = filled_;
    column.addresses = addresses_;
    column.times = times_;
    column.numbers = numbers_;
    column.samples = samples_;
}

void ColumnEvidence::suppose(Column& column) const {
    if (filled_ == 0) {
        column.decided = true;
        column.grounds = "the column is empty";
        return;
    }
    const auto most = [&](std::size_t count) { return count * 10 >= filled_ * 8; };
    const auto by_words = role_by_words(column.key);
    if (most(addresses_ + pages_)) {
        column.grounds = format("{} of {} values are addresses: who is affected and what controls them is never told by values", addresses_ + pages_, filled_);
        if (by_words && (*by_words == Role::victim || *by_words == Role::c2 || *by_words == Role::destination)) {
            column.suggestion = by_words;
            column.grounds += "; the header has its word";
        }
        return;
    }
    if (most(times_)) {
        column.suggestion = Role::seen;
        column.grounds = format("{} of {} values are times", times_, filled_);
    } else if (most(protocols_)) {
        column.suggestion = Role::protocol;
        column.grounds = format("{} of {} values are names of protocols", protocols_, filled_);
    } else if (most(as_numbers_)) {
        column.suggestion = Role::asn;
        column.grounds = format("{} of {} values are numbers of autonomous systems", as_numbers_, filled_);
    } else if (counts_up_ && filled_ > 1) {
        column.suggestion = Role::ordinal;
        column.grounds = "the values count up from 1";
    } else if (by_words) {
        column.suggestion = by_words;
        column.grounds = "the header has its word";
    } else {
        column.grounds = most(ports_) ? format("{} of {} values could be ports", ports_, filled_) : "no profile knows this header, and the values do not tell";
    }
}

Question ask_about(const Column& column, bool has_addresses) {
    Question question{.about = "column:" + column.key, .text = format("what is the column \"{}\"? {}", column.header.empty() ? column.key : column.header, column.grounds)};
    auto add = [&](Role role) {
        const std::string name{name_of(role)};
        if (std::find(question.choices.begin(), question.choices.end(), name) == question.choices.end()) question.choices.push_back(name);
    };
    if (column.suggestion) add(*column.suggestion);
    if (has_addresses)
        for (const Role role : {Role::victim, Role::c2, Role::destination}) add(role);
    else if (column.times > 0)
        for (const Role role : {Role::seen, Role::first_seen}) add(role);
    else if (column.numbers * 10 >= column.filled * 8)
        for (const Role role : {Role::victim_port, Role::c2_port, Role::destination_port, Role::asn, Role::ordinal}) add(role);
    add(Role::ignore);
    for (std::size_t i = 0; i < kRoles; ++i) add(static_cast<Role>(i));
    return question;
}

}  // namespace vg::lists
