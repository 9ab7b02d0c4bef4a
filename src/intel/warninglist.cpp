#include "intel/warninglist.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <functional>
#include <tuple>
#include <unordered_map>

#include "base/ip.h"
#include "base/json.h"
#include "base/text.h"

namespace vg::intel {
namespace {

using ListNumber = std::uint16_t;
using Numbers = std::vector<ListNumber>;

constexpr std::size_t kMostLists = 2'000, kMostEntries = 20'000'000, kMostListBytes = std::size_t{256} << 20, kGram = 4;

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using Texts = std::unordered_map<std::string, Numbers, TextHash, std::equal_to<>>;

constexpr std::uint32_t bit(Kind kind) { return 1U << static_cast<unsigned>(kind); }

// The kinds that an attribute type of MISP stands for; of composite ones the part that lists of this type are about.
std::uint32_t kinds_of(std::string_view attribute, Warninglist::Type type) {
    const std::uint32_t addresses = bit(Kind::address) | bit(Kind::network);
    if (attribute == "domain|ip" || attribute == "hostname|port") return type == Warninglist::Type::cidr ? addresses : bit(Kind::domain);
    if (attribute.starts_with("ip-src") || attribute.starts_with("ip-dst")) return addresses;
    if (attribute == "domain" || attribute == "hostname") return bit(Kind::domain);
    if (attribute == "url" || attribute == "uri") return bit(Kind::url);
    if (attribute == "user-agent") return bit(Kind::user_agent);
    if (attribute == "filename") return bit(Kind::file_name);
    if (attribute.find("email") != std::string_view::npos) return bit(Kind::email);
    if (attribute.starts_with("ja3")) return bit(Kind::ja3);
    for (std::string_view hash : {"md5", "sha1", "sha256", "sha512"})
        if (attribute.ends_with(hash)) return bit(Kind::hash);
    return 0;
}

std::optional<Warninglist::Type> type_of(std::string_view text) {
    using enum Warninglist::Type;
    if (text == "string") return string;
    if (text == "substring") return substring;
    if (text == "hostname") return hostname;
    if (text == "cidr") return cidr;
    if (text == "regex") return regex;
    return {};
}

std::optional<Address> after(Address address) {
    for (std::size_t i = address.bytes.size(); i-- > 0;)
        if (++address.bytes[i] != 0) return address;
    return {};
}

// /expression/flags as PHP writes it, for RE2.
std::string expression_of(std::string_view text) {
    const std::size_t end = text.rfind('/');
    if (!text.starts_with('/') || end == 0 || end == std::string_view::npos) return std::string{text};
    const bool any_case = text.substr(end).find('i') != std::string_view::npos;
    return (any_case ? "(?i)" : "") + std::string{text.substr(1, end - 1)};
}

// The address space cut where any range begins or ends: which lists hold each piece.
class Ranges {
public:
    void add(const Network& network, ListNumber list) { all_.push_back({network, list}); }

    void build() {
        // Ranges of this kind lie within each other or apart: in this order a stack holds those that are open.
        std::sort(all_.begin(), all_.end(), [](const Range& a, const Range& b) { return std::tie(a.network.base, a.network.length, a.list) < std::tie(b.network.base, b.network.length, b.list); });
        sets_.assign(1, {});
        pieces_.assign(1, {Address{}, 0});
        std::vector<Open> open;
        const auto close = [&](const Address* before) {
            while (!open.empty() && (!before || open.back().last < *before)) {
                const auto next = after(open.back().last);
                open.pop_back();
                if (next) begin(*next, open.empty() ? 0 : open.back().set);
            }
        };
        for (const Range& range : all_) {
            close(&range.network.base);
            Numbers numbers = open.empty() ? Numbers{} : sets_[open.back().set];
            if (std::find(numbers.begin(), numbers.end(), range.list) == numbers.end()) numbers.push_back(range.list);
            const std::uint32_t set = number_of(numbers);
            begin(range.network.base, set);
            open.push_back({range.network.last(), set});
        }
        close(nullptr);
        std::sort(all_.begin(), all_.end(), [](const Range& a, const Range& b) { return a.network.base < b.network.base; });
    }

    [[nodiscard]] const Numbers& find(const Address& address) const {
        const auto next = std::upper_bound(pieces_.begin(), pieces_.end(), address, [](const Address& value, const Piece& piece) { return value < piece.first; });
        return sets_[std::prev(next)->set];
    }

    // The lists with a range that holds all of the network, or that lies in it.
    void find(const Network& network, Numbers& out) const {
        const Address last = network.last();
        auto it = std::lower_bound(all_.begin(), all_.end(), network.base, [](const Range& range, const Address& value) { return range.network.base < value; });
        for (std::size_t looked = 0; it != all_.end() && it->network.base <= last && looked < 100'000; ++it, ++looked) out.push_back(it->list);
        // Ranges that hold both its ends hold all of it: they are nested.
        const Numbers& at_first = find(network.base);
        const Numbers& at_last = find(last);
        for (const ListNumber list : at_first)
            if (std::find(at_last.begin(), at_last.end(), list) != at_last.end()) out.push_back(list);
    }

private:
    struct Range {
        Network network;
        ListNumber list;
    };
    struct Piece {
        Address first;
        std::uint32_t set;
    };
    struct Open {
        Address last;
        std::uint32_t set;
    };

    void begin(const Address& first, std::uint32_t set) {
        if (pieces_.back().first == first)
            pieces_.back().set = set;
        else
            pieces_.push_back({first, set});
    }

    std::uint32_t number_of(const Numbers& numbers) {
        const auto [entry, added] = known_.try_emplace(numbers, static_cast<std::uint32_t>(sets_.size()));
        if (added) sets_.push_back(numbers);
        return entry->second;
    }

    struct NumbersHash {
        std::size_t operator()(const Numbers& numbers) const { return std::hash<std::string_view>{}({reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(ListNumber)}); }
    };
    std::vector<Range> all_;
    std::vector<Piece> pieces_{{Address{}, 0}};
    std::vector<Numbers> sets_{{}};
    std::unordered_map<Numbers, std::uint32_t, NumbersHash> known_;
};

}  // namespace

struct Warninglists::Index {
    std::vector<std::unique_ptr<const Warninglist>> lists;
    std::size_t entries = 0;
    Texts exact, hosts;
    Ranges ranges;
    std::vector<std::pair<std::string, ListNumber>> substrings;
    std::vector<std::size_t> short_substrings;
    std::vector<std::pair<std::string, ListNumber>> expressions;
    std::unique_ptr<RE2::Set> expression_set;
    std::unordered_map<std::string, std::vector<std::uint32_t>, TextHash, std::equal_to<>> by_gram;

    template <class Found>
    void ask(Kind kind, std::string_view text, Found found) const;
    template <class Found>
    bool ask_hosts(std::string_view host, const Found& found) const;
    Status take(Warninglist& list, ListNumber number, std::string_view entry);
};

namespace {

void put(Texts& texts, std::string text, ListNumber number) {
    Numbers& numbers = texts[std::move(text)];
    if (numbers.empty() || numbers.back() != number) numbers.push_back(number);
}

}  // namespace

Status Warninglists::Index::take(Warninglist& list, ListNumber number, std::string_view entry) {
    entry = trim(entry);
    if (entry.empty() || entry.size() > 4096) return fail(Code::bad_input, "the entry is empty or too long");
    switch (list.type) {
        case Warninglist::Type::hostname:
        case Warninglist::Type::string: {
            // A dot in front stands for all names below as well.
            const bool below = list.type == Warninglist::Type::hostname || (entry.starts_with('.') && (list.kinds & bit(Kind::domain)) != 0);
            std::string_view name = entry;
            if (below)
                while (name.starts_with('.')) name.remove_prefix(1);
            if (below && name.ends_with('.')) name.remove_suffix(1);
            std::string plain = lower_ascii(name);
            for (std::size_t kind = 0; kind < detect::indicator::kKinds; ++kind) {
                if ((list.kinds & (1U << kind)) == 0) continue;
                const auto value = detect::indicator::canonical(static_cast<Kind>(kind), name);
                if (value && value->text != plain) put(below && value->kind == Kind::domain ? hosts : exact, value->text, number);
            }
            put(below ? hosts : exact, std::move(plain), number);
            return {};
        }
        case Warninglist::Type::substring: {
            const auto which = static_cast<std::uint32_t>(substrings.size());
            substrings.emplace_back(lower_ascii(entry), number);
            const std::string& text = substrings.back().first;
            if (text.size() < kGram)
                short_substrings.push_back(which);
            else
                by_gram[text.substr(0, kGram)].push_back(which);
            return {};
        }
        case Warninglist::Type::cidr: {
            const auto network = parse_network(entry);
            if (!network) return fail(Code::bad_input, "this is no address range");
            ranges.add(*network, number);
            return {};
        }
        case Warninglist::Type::regex: {
            RE2::Options how;
            how.set_log_errors(false);
            how.set_max_mem(1 << 20);
            const std::string expression = expression_of(entry);
            const RE2 compiled{expression, how};
            if (!compiled.ok()) return fail(Code::bad_input, "the expression cannot be run: " + compiled.error());
            expressions.emplace_back(expression, number);
            return {};
        }
    }
    return {};
}

Warninglists::Warninglists() : index_(std::make_unique<Index>()) {}
Warninglists::~Warninglists() = default;
Warninglists::Warninglists(Warninglists&&) noexcept = default;
Warninglists& Warninglists::operator=(Warninglists&&) noexcept = default;

Status Warninglists::add(std::string_view bytes) {
    const json::Value document = TRY(json::parse(bytes, {.depth = 8, .bytes = kMostListBytes}));
    const json::Value* entries = document.find("list");
    if (!entries || !entries->is_array()) return fail(Code::bad_input, "it has no \"list\"");
    const auto type = type_of(document.text("type").value_or("string"));
    if (!type) return fail(Code::bad_input, "its type is none of string, substring, hostname, cidr, regex");
    if (index_->lists.size() >= kMostLists) return fail(Code::too_large, "more than 2,000 lists");
    index_->entries += entries->as_array().size();
    if (index_->entries > kMostEntries) return fail(Code::too_large, "more than 20,000,000 entries");
    Warninglist list{.name = shorten(document.text("name").value_or("a list without a name"), 200), .description = shorten(document.text("description").value_or(""), 500), .type = *type, .version = document.integer("version").value_or(0)};
    const json::Value* attributes = document.find("matching_attributes");
    if (attributes && attributes->is_array() && !attributes->as_array().empty()) {
        for (const json::Value& attribute : attributes->as_array())
            if (attribute.is_text()) list.kinds |= kinds_of(attribute.as_text(), *type);
    } else {
        list.kinds = (1U << detect::indicator::kKinds) - 1;
    }
    const auto number = static_cast<ListNumber>(index_->lists.size());
    for (const json::Value& entry : entries->as_array()) {
        if (entry.is_text() && index_->take(list, number, entry.as_text()))
            ++list.entries;
        else
            ++list.refused;
    }
    index_->lists.push_back(std::make_unique<const Warninglist>(std::move(list)));
    return {};
}

void Warninglists::build() {
    index_->ranges.build();
    if (index_->expressions.empty()) return;
    RE2::Options how;
    how.set_log_errors(false);
    how.set_max_mem(64 << 20);
    index_->expression_set = std::make_unique<RE2::Set>(how, RE2::UNANCHORED);
    for (const auto& [expression, list] : index_->expressions) index_->expression_set->Add(expression, nullptr);
    if (!index_->expression_set->Compile()) index_->expression_set.reset();
}

// The name and each of its parents.
template <class Found>
bool Warninglists::Index::ask_hosts(std::string_view host, const Found& found) const {
    while (!host.empty()) {
        if (const auto it = hosts.find(host); it != hosts.end())
            if (found(it->second, host)) return true;
        const std::size_t dot = host.find('.');
        if (dot == std::string_view::npos) return false;
        host.remove_prefix(dot + 1);
    }
    return false;
}

// Calls found(lists, entry) for all that fit, whatever their kinds, until it says true.
template <class Found>
void Warninglists::Index::ask(Kind kind, std::string_view text, Found found) const {
    if (const auto it = exact.find(text); it != exact.end() && found(it->second, text)) return;
    std::string_view host = kind == Kind::domain ? text : kind == Kind::url ? detect::indicator::host_of_url(text) : std::string_view{};
    if (kind == Kind::email) host = text.substr(std::min(text.rfind('@'), text.size() - 1) + 1);
    if (!host.empty() && !hosts.empty() && ask_hosts(host, found)) return;
    if (kind == Kind::address || kind == Kind::url) {
        if (const auto address = parse_address(kind == Kind::url ? host : text)) {
            const Numbers& numbers = ranges.find(*address);
            if (!numbers.empty() && found(numbers, {})) return;
        }
    } else if (kind == Kind::network) {
        Numbers numbers;
        if (const auto network = parse_network(text)) ranges.find(*network, numbers);
        if (!numbers.empty() && found(numbers, {})) return;
    }
    const bool words = kind != Kind::hash && kind != Kind::network && kind != Kind::ja3 && kind != Kind::ja4;
    if (words && !substrings.empty()) {
        const auto fits = [&](std::size_t which, std::size_t at) { return text.substr(at).starts_with(substrings[which].first) && found(Numbers{substrings[which].second}, substrings[which].first); };
        for (std::size_t at = 0; at + kGram <= text.size(); ++at)
            if (const auto it = by_gram.find(text.substr(at, kGram)); it != by_gram.end())
                for (const std::uint32_t which : it->second)
                    if (fits(which, at)) return;
        for (const std::size_t which : short_substrings)
            for (std::size_t at = 0; at < text.size(); ++at)
                if (fits(which, at)) return;
    }
    if (expression_set) {
        std::vector<int> which;
        if (!expression_set->Match(re2::StringPiece{text.data(), text.size()}, &which)) return;
        for (const int one : which)
            if (const auto& [expression, list] = expressions[static_cast<std::size_t>(one)]; found(Numbers{list}, expression)) return;
    }
}

std::vector<Warning> Warninglists::find(Kind kind, std::string_view text) const {
    std::vector<Warning> out;
    if (text.empty()) return out;
    index_->ask(kind, text, [&](const Numbers& numbers, std::string_view entry) {
        for (const ListNumber number : numbers) {
            const Warninglist* list = index_->lists[number].get();
            const bool known = std::any_of(out.begin(), out.end(), [&](const Warning& warning) { return warning.list == list; });
            if (!known && (list->kinds & bit(kind)) != 0) out.push_back({list, std::string{entry}});
        }
        return false;
    });
    return out;
}

bool Warninglists::has(Kind kind, std::string_view text) const {
    bool answer = false;
    if (text.empty()) return answer;
    index_->ask(kind, text, [&](const Numbers& numbers, std::string_view) {
        answer = std::any_of(numbers.begin(), numbers.end(), [&](ListNumber number) { return (index_->lists[number]->kinds & bit(kind)) != 0; });
        return answer;
    });
    return answer;
}

const std::vector<std::unique_ptr<const Warninglist>>& Warninglists::lists() const { return index_->lists; }

}  // namespace vg::intel
