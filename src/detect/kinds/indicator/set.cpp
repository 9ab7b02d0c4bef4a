#include "detect/kinds/indicator/set.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "detect/kinds/indicator/direction.h"

namespace vg::detect::indicator {

namespace {

enum class How : std::uint8_t { none, address, name, url, path, hash, email, ja3, ja4, user_agent, file_name, file_path };

struct Asked {
    How how = How::none;
    Role role = Role::thing;
};

constexpr std::size_t kEcsFields = 1 + 0
#define FIELD(identifier, name, type, personal) +1
#include "event/fields.inc"
#undef FIELD
    ;

constexpr std::array<Asked, kEcsFields> asked_fields() {
    std::array<Asked, kEcsFields> table{};
#define ASKED(field, as, part) table[static_cast<std::size_t>(event::Ecs::field)] = {How::as, Role::part};
#include "detect/kinds/indicator/fields.inc"
#undef ASKED
    return table;
}
constexpr std::array<Asked, kEcsFields> kAsked = asked_fields();

bool is_for(Kind kind, How how) {
    const bool host = how == How::name || how == How::url || how == How::path;
    switch (kind) {
        case Kind::address:
        case Kind::network: return how == How::address || host;
        case Kind::domain: return host;
        case Kind::url: return how == How::url || how == How::path;
        case Kind::hash: return how == How::hash;
        case Kind::email: return how == How::email;
        case Kind::ja3: return how == How::ja3;
        case Kind::ja4: return how == How::ja4;
        case Kind::user_agent: return how == How::user_agent;
        case Kind::file_name: return how == How::file_name || how == How::file_path;
        case Kind::pattern: return false;  // what it asks for, it says itself
    }
    return false;
}

// JA4 has no name in ECS: the names that senders use.
constexpr std::array<std::string_view, 8> kJa4Fields{"ja4", "tls.ja4", "tls.client.ja4", "tls_client_ja4", "ssl.ja4", "quic.ja4", "client_ja4", "tls_ja4"};

// Calls `take` with the name and each of its parents of two labels or more, the longest first. False ends it.
template <class Take>
void each_parent(std::string_view name, const Take& take) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (name[at] != '.') continue;
        if (!take(name.substr(begin))) return;
        begin = at + 1;
    }
}

// Lower case without dots at the ends, in `buffer` when it is ASCII; nothing when it is no name. One without a dot has no parents.
std::string_view name_in(std::string_view text, std::array<char, kMostName + 2>& buffer, std::string& other) {
    while (text.ends_with('.')) text.remove_suffix(1);
    if (text.size() < 3) return {};
    if (text.size() <= kMostName && lower_ascii_prefix(text, buffer.data()) == text.size()) return {buffer.data(), text.size()};
    if (text.find('.') == std::string_view::npos) return {};
    auto canonical = canonical_domain(text);
    if (!canonical) return {};
    other = std::move(*canonical);
    return other;
}

// Whether it ends as an address does: what does not need not be parsed.
bool may_be_address(std::string_view text) {
    if (text.empty()) return false;
    const char last = lower_ascii(text.back());
    if (last >= '0' && last <= '9') return true;
    return (last == ':' || (last >= 'a' && last <= 'f')) && text.find(':') != std::string_view::npos;
}

}  // namespace

// Collects what stands about the values of one event.
class Set::Asking {
public:
    Asking(const Set& set, const event::Event& event, When when, std::vector<Hit>& hits) : set_(set), event_(event), when_(when), hits_(hits) {}

    // No hits are made; afterwards said() tells whether anything is said of the fields.
    void ask_only_whether() { only_whether_ = true; }
    [[nodiscard]] bool said() const { return said_; }
    Status field(const event::Field& field, const Asked& asked) {
        field_ = &field;
        role_ = asked.role;
        const std::string_view text = field.text;
        switch (asked.how) {
            case How::none: return {};
            case How::address: return address(text);
            case How::name: {
                if (may_be_address(text))
                    if (const auto parsed = parse_address(text)) return address(*parsed);
                return name(text);
            }
            case How::url: return url(text);
            case How::path: {
                if (text.find("://") != std::string_view::npos) return url(text);
                // In the log of a server of ours the path alone stands; with a host beside it, it is a URL.
                const std::string_view host = event_.text(event::Ecs::url_domain);
                if (host.empty() || !text.starts_with('/') || event_.find(event::Ecs::url_full) != nullptr) return {};
                buffer_.assign("//").append(host).append(text);
                return urls(buffer_);  // the host is asked about as the field that it is
            }
            case How::hash: return lower(Kind::hash, text);
            case How::ja3: return lower(Kind::ja3, text);
            case How::ja4: return lower(Kind::ja4, text);
            case How::email: {
                if (const auto canonical = canonical_email(text)) return exact(Kind::email, *canonical);
                return {};
            }
            case How::user_agent: return exact(Kind::user_agent, text);
            case How::file_name: return file(text, false);
            case How::file_path: return file(text, true);
        }
        return {};
    }

    // A pattern that holds. What somebody allowed accuses nobody inside a pattern either.
    Status pattern(const Entry& entry, const stix::Told& told) {
        if (const auto value = told.found.empty() ? Result<Value>{fail(Code::not_found, "")} : recognise(told.found)) {
            const auto said = TRY(set_.look_up(*value));
            for (const Entry& one : said)
                for (const Attribution& by : one.by)
                    if (by.allowed && event_.occurred < by.until) return {};
        }
        event::Field shown;
        shown.name = told.path;
        shown.text = told.found;
        field_ = &shown;
        role_ = role_of(told.side);
        entries_ = {entry};
        judge();
        field_ = nullptr;
        return {};
    }

private:
    static Role role_of(stix::Side side) {
        switch (side) {
            case stix::Side::thing: return Role::thing;
            case stix::Side::visitor: return Role::visitor;
            case stix::Side::remote: return Role::remote;
        }
        return Role::thing;
    }

    [[nodiscard]] bool may_have(Kind kind, std::string_view text) const {
        return (set_.base_ != nullptr && set_.base_->may_have(kind, text)) || (set_.overlay_ != nullptr && set_.overlay_->may_have(kind, text));
    }

    Status exact(Kind kind, std::string_view text) {
        if (text.empty() || !may_have(kind, text)) return {};
        entries_.clear();
        if (auto entry = TRY(set_.find(kind, text))) entries_.push_back(std::move(*entry));
        judge();
        return {};
    }

    Status lower(Kind kind, std::string_view text) {
        std::array<char, 128> buffer;
        if (text.size() < 32 || text.size() > buffer.size() || lower_ascii_prefix(text, buffer.data()) != text.size()) return {};
        return exact(kind, {buffer.data(), text.size()});
    }

    Status address(std::string_view text) {
        if (const auto parsed = parse_address(text)) return address(*parsed);
        return {};
    }

    Status address(const Address& address) {
        entries_.clear();
        const auto one = [&](const std::shared_ptr<const Table>& table) { return table != nullptr && table->may_have(address); };
        const auto around = [&](const std::shared_ptr<const Table>& table) { return table != nullptr && table->in_network(address); };
        if (one(set_.base_) || one(set_.overlay_))
            if (auto entry = TRY(set_.find(Kind::address, address.text()))) entries_.push_back(std::move(*entry));
        if (around(set_.base_) || around(set_.overlay_)) TRY(set_.networks(address, entries_));
        judge();
        return {};
    }

    Status name(std::string_view text) {
        std::array<char, kMostName + 2> buffer;
        std::string other;
        const std::string_view whole = name_in(text, buffer, other);
        if (whole.empty()) return {};
        bool any = false;
        each_parent(whole, [&](std::string_view part) { return !(any = may_have(Kind::domain, part)); });
        if (!any) return {};
        entries_.clear();
        TRY(names(whole));
        judge();
        return {};
    }

    Status names(std::string_view whole) {
        Status done;
        each_parent(whole, [&](std::string_view part) {
            if (!may_have(Kind::domain, part)) return true;
            auto entry = set_.find(Kind::domain, part);
            if (!entry) {
                done = fail(std::move(entry).error());
                return false;
            }
            if (*entry) entries_.push_back(std::move(**entry));
            return true;
        });
        return done;
    }

    Status url(std::string_view text) {
        TRY(urls(text));
        const std::string_view host = host_of_url(text);
        if (may_be_address(host))
            if (const auto parsed = parse_address(host)) return address(*parsed);
        return name(host);
    }

    // As it is and without its query, each with and without the scheme.
    Status urls(std::string_view text) {
        if (set_.count(Kind::url) == 0) return {};
        std::optional<std::string> canonical;
        if (!is_plainly_canonical_url(text)) {
            canonical = canonical_url(text);
            if (!canonical) return {};
            text = *canonical;
        }
        entries_.clear();
        const std::string_view rest = text.substr(text.find("//"));
        const bool scheme = rest.size() < text.size(), query = text.find('?') != std::string_view::npos;
        for (const auto& [form, differs] : {std::pair{text, true}, {text.substr(0, text.find('?')), query}, {rest, scheme}, {rest.substr(0, rest.find('?')), scheme && query}}) {
            if (!differs || !may_have(Kind::url, form)) continue;
            if (auto entry = TRY(set_.find(Kind::url, form)))
                if (std::find(entries_.begin(), entries_.end(), *entry) == entries_.end()) entries_.push_back(std::move(*entry));
        }
        judge();
        return {};
    }

    Status file(std::string_view text, bool path) {
        if (text.empty() || set_.count(Kind::file_name) == 0 || text.size() > kMostText) return {};
        std::array<char, kMostText> buffer;
        std::string other;
        std::string_view folded{buffer.data(), text.size()};
        if (lower_ascii_prefix(text, buffer.data()) != text.size()) folded = other = fold_case(text);
        if (path) TRY(exact(Kind::file_name, folded));
        std::size_t last = folded.size();
        while (last > 0 && folded[last - 1] != '/' && folded[last - 1] != '\\') --last;
        return exact(Kind::file_name, folded.substr(last));
    }

    [[nodiscard]] bool holds(const Attribution& by) const { return event_.occurred < by.until && (when_ == When::hunt || by.from <= event_.occurred); }

    // What is said about one value, and all above it, becomes hits: one for each family.
    void judge() {
        if (entries_.empty()) return;
        said_ = true;
        if (only_whether_) return;
        for (const Entry& entry : entries_)
            for (const Attribution& by : entry.by)
                if (by.allowed && event_.occurred < by.until) return;
        for (Entry& entry : entries_) {
            std::erase_if(entry.by, [&](const Attribution& by) { return by.allowed || !holds(by); });
            while (!entry.by.empty()) {
                const std::string family = entry.by.front().family;
                Entry same{entry.value, {}};
                std::copy_if(entry.by.begin(), entry.by.end(), std::back_inserter(same.by), [&](const Attribution& by) { return by.family == family; });
                std::erase_if(entry.by, [&](const Attribution& by) { return by.family == family; });
                add(std::move(same));
            }
        }
    }

    void add(Entry entry) {
        Hit hit;
        hit.direction = direction_of(role_);
        if (std::any_of(hits_.begin(), hits_.end(), [&](const Hit& other) {
                return other.direction == hit.direction && other.entry.value == entry.value && other.strongest.family == entry.by.front().family;
            }))
            return;
        hit.outcome = outcome_of(event_);
        hit.confidence = -1;
        const Attribution* warning = nullptr;
        for (const Attribution& by : entry.by) {
            const int confidence = confidence_at(by, event_.occurred);
            if (!by.warning.empty() && (warning == nullptr || (warning->caution && !by.caution))) warning = &by;
            if (confidence <= hit.confidence) continue;
            hit.confidence = confidence;
            hit.strongest = by;
        }
        if (hit.confidence < 5) return;  // it has decayed
        if (warning != nullptr) hit.strongest.warning = warning->warning;
        hit.warned = warning != nullptr && !warning->caution;
        hit.rule = set_.rule_of(hit.strongest.family, hit.direction, level_of(hit.confidence, hit.direction, hit.outcome, hit.warned));
        hit.field = field_->name;
        hit.found = shorten(field_->text, kMostText);
        hit.entry = std::move(entry);
        hits_.push_back(std::move(hit));
    }

    const Set& set_;
    const event::Event& event_;
    const When when_;
    std::vector<Hit>& hits_;
    const event::Field* field_ = nullptr;
    Role role_ = Role::thing;
    std::vector<Entry> entries_;
    std::string buffer_;
    bool said_ = false, only_whether_ = false;
};

Set::Set(std::string name, std::shared_ptr<const Table> base, std::shared_ptr<const Table> overlay)
    : name_(std::move(name)), base_(std::move(base)), overlay_(std::move(overlay)) {}

std::shared_ptr<const Set> Set::make(std::string name, std::shared_ptr<const Table> base, std::shared_ptr<const Table> overlay) {
    std::shared_ptr<Set> set{new Set{std::move(name), std::move(base), std::move(overlay)}};
    set->patterns_read_ = set->load_patterns();
    return set;
}

Status Set::load_patterns() {
    std::map<std::string, Entry> all;
    for (const std::shared_ptr<const Table>& table : {base_, overlay_}) {
        if (table == nullptr) continue;
        auto some = TRY(table->patterns());
        for (Entry& entry : some) all.insert_or_assign(entry.value.text, std::move(entry));
    }
    for (auto& [text, entry] : all) {
        if (std::all_of(entry.by.begin(), entry.by.end(), [](const Attribution& by) { return by.allowed; })) continue;
        if (pattern_entries_.size() < stix::kMostPatterns)
            pattern_entries_.push_back(std::move(entry));
        else
            ++patterns_beyond_;
    }
    if (pattern_entries_.empty()) return {};
    std::vector<std::string> texts;
    for (const Entry& entry : pattern_entries_) texts.push_back(entry.value.text);
    patterns_ = stix::Patterns::make(texts);
    return {};
}

bool Set::empty() const { return (base_ == nullptr || base_->size() == 0) && (overlay_ == nullptr || overlay_->size() == 0); }

SetStats Set::stats() const {
    SetStats stats;
    if (base_ != nullptr) stats = {base_->size(), 0, base_->resident_bytes()};
    if (overlay_ != nullptr) stats = {stats.indicators, overlay_->size(), stats.resident_bytes + overlay_->resident_bytes()};
    stats.patterns = pattern_entries_.size() + patterns_beyond_;
    stats.patterns_not_asked = stats.patterns - (patterns_ == nullptr ? 0 : patterns_->asked());
    return stats;
}

std::size_t Set::count(Kind kind) const { return (base_ != nullptr ? base_->count(kind) : 0) + (overlay_ != nullptr ? overlay_->count(kind) : 0); }

const RuleInfo* Set::rule_of(const std::string& family, Direction direction, Level level) const {
    const std::lock_guard lock{mutex_};
    auto& rule = rules_[{family, direction, level}];
    if (!rule) rule = std::make_unique<RuleInfo>(rule_for(family, direction, level));
    return rule.get();
}

Result<std::optional<Entry>> Set::find(Kind kind, std::string_view text) const {
    std::optional<Entry> found;
    if (overlay_ != nullptr) found = TRY(overlay_->find(kind, text));
    if (!found && base_ != nullptr) found = TRY(base_->find(kind, text));
    if (found && found->by.empty()) found.reset();
    return found;
}

Status Set::networks(const Address& address, std::vector<Entry>& out) const {
    std::vector<Entry> over, base;
    if (overlay_ != nullptr) TRY(overlay_->networks(address, over));
    if (base_ != nullptr) TRY(base_->networks(address, base));
    std::erase_if(base, [&](const Entry& entry) { return std::any_of(over.begin(), over.end(), [&](const Entry& newer) { return newer.value == entry.value; }); });
    for (std::vector<Entry>* entries : {&over, &base})
        for (Entry& entry : *entries)
            if (!entry.by.empty()) out.push_back(std::move(entry));
    return {};
}

std::vector<event::Ecs> fields_asked_for(Kind kind) {
    std::vector<event::Ecs> fields;
#define ASKED(field, as, part) \
    if (is_for(kind, How::as)) fields.push_back(event::Ecs::field);
#include "detect/kinds/indicator/fields.inc"
#undef ASKED
    return fields;
}

Status Set::match(const event::Event& event, std::vector<Hit>& hits, When when, Asides* asides) const {
    if (empty()) return {};
    Asking asking{*this, event, when, hits};
    const bool ja4 = count(Kind::ja4) > 0;
    for (const event::Field& field : event.fields) {
        if (ja4 && field.ecs == event::Ecs::none) {
            const auto named = [&](std::string_view name) { return equal_ignoring_ascii_case(name, field.name); };
            if (std::any_of(kJa4Fields.begin(), kJa4Fields.end(), named)) TRY(asking.field(field, {How::ja4, Role::thing}));
            continue;
        }
        const Asked& asked = kAsked[static_cast<std::size_t>(field.ecs)];
        if (asked.how != How::none) TRY(asking.field(field, asked));
    }
    TRY(patterns_read_);
    if (patterns_ == nullptr) return {};
    std::vector<stix::Told> told;
    const bool whole = patterns_->ask(event, told);
    if (asides != nullptr) asides->cut = !whole;
    for (const stix::Told& one : told) {
        const Entry& entry = pattern_entries_[one.pattern];
        if (one.holds) {
            TRY(asking.pattern(entry, one));
        } else if (asides != nullptr) {
            PatternPart part{.asked = patterns_->at(one.pattern), .text = &entry.value.text, .bits = one.bits, .hits = {}};
            Asking partly{*this, event, when, part.hits};
            TRY(partly.pattern(entry, one));
            if (!part.hits.empty()) asides->parts.push_back(std::move(part));
        }
    }
    return {};
}

bool Set::may_match(event::Ecs field, std::string_view text) const {
    const Asked& asked = kAsked[static_cast<std::size_t>(field)];
    if (asked.how == How::none) return false;
    if (asked.how == How::path && count(Kind::url) > 0) return true;  // other fields of the event belong to it
    const event::Event nothing;
    event::Field one;
    one.text = text;
    std::vector<Hit> none;
    Asking asking{*this, nothing, When::hunt, none};
    asking.ask_only_whether();
    return !asking.field(one, asked) || asking.said();
}

Result<std::vector<Entry>> Set::look_up(const Value& value) const {
    std::vector<Entry> out;
    const auto take = [&](Kind kind, std::string_view text) -> Status {
        if (auto entry = TRY(find(kind, text))) out.push_back(std::move(*entry));
        return {};
    };
    const auto host = [&](std::string_view text) -> Status {
        if (const auto address = parse_address(text)) {
            TRY(take(Kind::address, address->text()));
            return networks(*address, out);
        }
        Status done;
        each_parent(text, [&](std::string_view part) { return static_cast<bool>(done = take(Kind::domain, part)); });
        return done;
    };
    switch (value.kind) {
        case Kind::address:
        case Kind::domain: TRY(host(value.text)); break;
        case Kind::url:
            TRY(take(Kind::url, value.text));
            TRY(host(host_of_url(value.text)));
            break;
        case Kind::network:
        case Kind::hash:
        case Kind::email:
        case Kind::ja3:
        case Kind::ja4:
        case Kind::user_agent:
        case Kind::file_name:
        case Kind::pattern: TRY(take(value.kind, value.text)); break;
    }
    return out;
}

}  // namespace vg::detect::indicator
