#include "search/values.h"

#include "base/text.h"
#include "base/time.h"

namespace vg::search {

namespace {

using Outcome = tl::expected<Term, ParseError>;

tl::unexpected<ParseError> wrong(const Written& value, std::string text, std::string suggestion = {}) {
    return tl::unexpected<ParseError>{ParseError{value.offset, value.length, std::move(text), std::move(suggestion)}};
}

tl::unexpected<ParseError> too_long(const Written& value) {
    return wrong(value, format("a part of a pattern with ? or of a word with * has at most {} bytes", kMostBoundedPart));
}

// Shown in a message: never longer than a line.
std::string shown(const Written& value) { return shorten(value.pattern.shown(), 60); }

std::optional<Words> words_of(const Written& value) {
    Scratch scratch;
    Words made;
    made.folded = !value.quoted;
    const std::string text = nfc(value.pattern.plain());
    made.spaced = scratch.words(made.folded ? vg::fold(text) : vg::fold_case(text));
    if (made.spaced.empty()) return std::nullopt;
    for (const std::string_view word : split(made.spaced, ' '))
        if (word.size() > made.longest.size()) made.longest = word;
    return made;
}

// A text that names an address or a network finds it in whichever form.
void add_addresses(Predicate& predicate, std::string_view text) {
    if (const auto address = parse_address(text)) predicate.addresses.insert(*address);
    else if (const auto network = parse_network(text); network && text.find('/') != std::string_view::npos) predicate.networks.push_back(*network);
}

Outcome equal_integer(Term term, const Written& value) {
    const std::string text = value.pattern.plain();
    if (value.pattern.has_wildcard()) {
        if (term.target.kind == Target::Kind::own) return wrong(value, "an id has no wildcards");
        auto glob = Glob::make(value.pattern, Glob::Where::whole);
        if (!glob) return too_long(value);
        term.predicate.globs.push_back(std::move(*glob));
        return term;
    }
    std::string_view number = text;
    if (term.target.kind == Target::Kind::own && text.find(':') != std::string::npos) {
        const std::size_t colon = text.rfind(':');
        const auto journal = parse_uuid(text.substr(0, colon));
        if (!journal) return wrong(value, "an id has the form POSITION or JOURNAL:POSITION");
        term.journal = to_text(*journal);
        number = std::string_view{text}.substr(colon + 1);
    }
    const auto parsed = parse_int(number);
    if (!parsed) return wrong(value, format("{} is a whole number, and {} is none", term.target.name, shown(value)));
    term.predicate.integers.push_back({*parsed, *parsed});
    return term;
}

Outcome equal_time(Term term, const Written& value, std::string_view zone) {
    if (value.pattern.has_wildcard()) return wrong(value, "a time has no wildcards; 2024-04 is a whole month, 2024-04-26 a whole day");
    const auto literal = parse_time_literal(value.pattern.plain(), zone);
    if (!literal) return wrong(value, format("{} is a time, and {} is none; write 2024-04-26 or 2024-04-26T08:30:00Z", term.target.name, shown(value)));
    term.predicate.times.push_back({literal->from, literal->to});
    return term;
}

Outcome equal_address(Term term, const Written& value) {
    const std::string text = value.pattern.plain();
    if (!value.quoted && value.pattern.has_wildcard()) {
        auto glob = Glob::make(value.pattern, Glob::Where::whole);
        if (!glob) return too_long(value);
        term.predicate.globs.push_back(std::move(*glob));
        return term;
    }
    add_addresses(term.predicate, text);
    if (term.predicate.addresses.empty() && term.predicate.networks.empty())
        return wrong(value, format("{} is an address, and {} is none; write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32", term.target.name, shown(value)));
    return term;
}

Outcome equal_text(Term term, const Written& value) {
    const std::string text = value.pattern.plain();
    if (value.quoted) {
        term.predicate.equal_exact.insert(vg::fold_case(nfc(text)));
    } else if (value.pattern.has_wildcard()) {
        auto glob = Glob::make(value.pattern, Glob::Where::whole);
        if (!glob) return too_long(value);
        term.predicate.globs.push_back(std::move(*glob));
    } else {
        term.predicate.equal_folded.insert(vg::fold(nfc(text)));
        add_addresses(term.predicate, text);
    }
    return term;
}

Outcome equal_anywhere(Term term, const Written& value) {
    if (value.pattern.has_wildcard()) {
        auto glob = Glob::make(value.pattern, Glob::Where::words);
        if (!glob) return too_long(value);
        term.predicate.globs.push_back(std::move(*glob));
        return term;
    }
    if (!value.quoted) add_addresses(term.predicate, value.pattern.plain());
    if (!term.predicate.addresses.empty() || !term.predicate.networks.empty()) {  // in a text it is looked for as it was written
        if (auto glob = Glob::make(value.pattern, Glob::Where::words)) term.predicate.globs.push_back(std::move(*glob));
        return term;
    }
    auto words = words_of(value);
    if (!words) return wrong(value, format("there is no letter or digit in {}, so it is no word; with stars around it, it is looked for as it stands", shown(value)));
    term.predicate.words.push_back(std::move(*words));
    return term;
}

// The bounds as one type; nothing when one that is there has not its form.
template <class T, class Parse>
std::optional<Between<T>> bounds(const std::optional<WrittenBound>& low, const std::optional<WrittenBound>& high, const Parse& parse) {
    Between<T> made;
    for (const bool upper : {false, true}) {
        const auto& bound = upper ? high : low;
        if (!bound) continue;
        const auto value = parse(bound->value.pattern.plain());
        if (!value) return std::nullopt;
        (upper ? made.high : made.low) = Bound<T>{*value, bound->with};
    }
    return made;
}

template <class T>
bool is_empty(const Between<T>& range) {
    return range.low && range.high && range.high->value < range.low->value;
}

// `after` is where the bound's own span ends: what comes behind 2024-04 begins in May.
std::optional<TimeRange> time_range(const std::optional<WrittenBound>& low, const std::optional<WrittenBound>& high, std::string_view zone) {
    TimeRange range;
    if (low) {
        const auto literal = parse_time_literal(low->value.pattern.plain(), zone);
        if (!literal) return std::nullopt;
        range.from = low->with ? literal->from : literal->to;
    }
    if (high) {
        const auto literal = parse_time_literal(high->value.pattern.plain(), zone);
        if (!literal) return std::nullopt;
        range.to = high->with ? literal->to : literal->from;
    }
    return range;
}

tl::unexpected<ParseError> empty_range(const std::optional<WrittenBound>& low, const std::optional<WrittenBound>& high) {
    return wrong(high->value, format("the range holds nothing: {} comes before {}", shown(high->value), shown(low->value)));
}

}  // namespace

Outcome equal_to(const Target& target, const Written& value, std::string_view zone) {
    Term term;
    term.target = target;
    if (value.pattern.is_only_stars()) {
        term.predicate.exists = true;
        return term;
    }
    if (target.kind == Target::Kind::any) return equal_anywhere(std::move(term), value);
    switch (target.type()) {
        case event::Type::integer: return equal_integer(std::move(term), value);
        case event::Type::time: return equal_time(std::move(term), value, zone);
        case event::Type::address: return equal_address(std::move(term), value);
        case event::Type::text:
        case event::Type::null:
        case event::Type::boolean:
        case event::Type::real: break;
    }
    return equal_text(std::move(term), value);
}

Outcome with_words(const Target& target, const Written& value) {
    Term term;
    term.target = target;
    if (target.type() == event::Type::integer || target.type() == event::Type::time)
        return wrong(value, format("there are no words in {}; leave out the ~", target.name));
    if (value.pattern.has_wildcard()) {
        auto glob = Glob::make(value.pattern, Glob::Where::words);
        if (!glob) return too_long(value);
        term.predicate.globs.push_back(std::move(*glob));
        return term;
    }
    auto words = words_of(value);
    if (!words) return wrong(value, format("there is no letter or digit in {}, so it is no word", shown(value)));
    term.predicate.words.push_back(std::move(*words));
    return term;
}

Outcome between(const Target& target, const std::optional<WrittenBound>& low, const std::optional<WrittenBound>& high, std::string_view zone) {
    Term term;
    term.target = target;
    Predicate& predicate = term.predicate;
    const Written& first = low ? low->value : high->value;
    for (const auto* bound : {&low, &high})
        if (*bound && (*bound)->value.pattern.has_wildcard()) return wrong((*bound)->value, "a bound has no wildcards; * alone leaves a side of a range open");
    if (target.kind == Target::Kind::any) return wrong(first, "a comparison needs a field before it");
    const auto worst = [&](const auto& parse) -> const Written& { return low && !parse(low->value.pattern.plain()) ? low->value : high ? high->value : first; };

    switch (target.type()) {
        case event::Type::integer: {
            const auto range = bounds<std::int64_t>(low, high, parse_int);
            if (!range) {
                const Written& value = worst(parse_int);
                return wrong(value, format("{} is a whole number, and {} is none", target.name, shown(value)));
            }
            if (is_empty(*range)) return empty_range(low, high);
            IntegerRange made;
            if (range->low) made.least = range->low->value;
            if (range->high) made.most = range->high->value;
            const bool nothing = (range->low && !range->low->with && made.least == INT64_MAX) || (range->high && !range->high->with && made.most == INT64_MIN);
            if (nothing) made = {1, 0};
            else if (range->low && !range->low->with) ++made.least;
            if (!nothing && range->high && !range->high->with) --made.most;
            predicate.integers.push_back(made);
            return term;
        }
        case event::Type::time: {
            const auto range = time_range(low, high, zone);
            if (!range) {
                const Written& value = worst([&](const std::string& text) { return parse_time_literal(text, zone); });
                return wrong(value, format("{} is a time, and {} is none; write 2024-04-26 or 2024-04-26T08:30:00Z", target.name, shown(value)));
            }
            if (low && high && range->to < range->from) return empty_range(low, high);
            predicate.times.push_back(*range);
            return term;
        }
        case event::Type::address: {
            const auto range = bounds<Address>(low, high, parse_address);
            if (!range) {
                const Written& value = worst(parse_address);
                return wrong(value, format("{} is an address, and {} is none", target.name, shown(value)));
            }
            if (is_empty(*range)) return empty_range(low, high);
            predicate.address_ranges.push_back(*range);
            return term;
        }
        case event::Type::text:
        case event::Type::null:
        case event::Type::boolean:
        case event::Type::real: break;
    }
    const bool quoted = (low && low->value.quoted) || (high && high->value.quoted);
    if (!quoted) {
        if (const auto numbers = bounds<Decimal>(low, high, parse_decimal)) {
            if (is_empty(*numbers)) return empty_range(low, high);
            predicate.decimals.push_back(*numbers);
            return term;
        }
        if (const auto range = time_range(low, high, zone)) {
            Between<Time> times;
            if (low) times.low = Bound<Time>{range->from, true};
            if (high) times.high = Bound<Time>{range->to, false};
            if (low && high && range->to < range->from) return empty_range(low, high);
            predicate.text_times.push_back(times);
            return term;
        }
        if (const auto addresses = bounds<Address>(low, high, parse_address)) {
            if (is_empty(*addresses)) return empty_range(low, high);
            predicate.address_ranges.push_back(*addresses);
            return term;
        }
    }
    const auto texts = bounds<std::string>(low, high, [](const std::string& text) { return std::optional<std::string>{vg::fold(nfc(text))}; });
    if (is_empty(*texts)) return empty_range(low, high);
    predicate.texts.push_back(*texts);
    return term;
}

bool is_range_for(const Target& target, std::string_view low, std::string_view high, std::string_view zone) {
    if (target.kind == Target::Kind::any || (low.empty() && high.empty())) return false;
    auto fits = [&](std::string_view bound) {
        if (bound.empty() || bound == "*") return true;
        switch (target.type()) {
            case event::Type::integer: return parse_int(bound).has_value();
            case event::Type::time: return parse_time_literal(bound, zone).has_value();
            case event::Type::address: return parse_address(bound).has_value();
            case event::Type::text:
            case event::Type::null:
            case event::Type::boolean:
            case event::Type::real: break;
        }
        return parse_decimal(bound).has_value() || parse_time_literal(bound, zone).has_value() || parse_address(bound).has_value();
    };
    return fits(low) && fits(high);
}

}  // namespace vg::search
