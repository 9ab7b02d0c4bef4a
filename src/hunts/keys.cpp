#include "hunts/keys.h"

#include <unicode/idna.h>

#include <algorithm>
#include <memory>

#include "base/ip.h"
#include "base/text.h"
#include "detect/kinds/stix/patterns.h"

namespace vg::hunts {

namespace {

using archive::Indicator;
using detect::indicator::Kind;

// "bücher.example" of "xn--bcher-kva.example"; nothing when it is none.
std::string unicode_of(std::string_view name) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::IDNA> idna{icu::IDNA::createUTS46Instance(UIDNA_NONTRANSITIONAL_TO_UNICODE, status)};
    if (U_FAILURE(status) != 0) return {};
    std::string out;
    icu::StringByteSink<std::string> sink{&out};
    icu::IDNAInfo info;
    idna->nameToUnicodeUTF8({name.data(), static_cast<std::int32_t>(name.size())}, sink, info, status);
    return U_FAILURE(status) != 0 || info.hasErrors() != 0 ? std::string{} : out;
}

// The first stretch that ends at the number or behind it: far ahead when there are many more of them than values, so in steps that
// grow.
template <class Iterator>
Iterator first_from(Iterator at, Iterator end, std::uint64_t number) {
    std::ptrdiff_t step = 1;
    while (step < end - at && at[step].last < number) {
        at += step;
        step *= 2;
    }
    return std::partition_point(at, at + std::min(step + 1, end - at), [&](const auto& one) { return one.last < number; });
}

}  // namespace

void Keys::key(Indicator kind, std::uint64_t number) { keys_[static_cast<std::size_t>(kind)].push_back({number, number}); }

void Keys::text(std::string_view text) {
    if (texts_.size() >= kMostTexts) {
        everything_ = true;
        return;
    }
    if (std::string folded = fold(text); !folded.empty()) texts_.push_back(std::move(folded));
}

void Keys::name(std::string_view text) {
    const auto number = archive::filter::key_of(Indicator::name, fold(text), seed_);
    if (number)
        key(Indicator::name, *number);
    else
        this->text(text);
    // In a log it may stand in its own letters.
    if (text.find("xn--") != std::string_view::npos)
        if (const std::string own = unicode_of(text); !own.empty() && own != text) this->text(own);
}

void Keys::host(std::string_view text) {
    if (const auto address = parse_address(text)) {
        const auto found = archive::filter::address_key(*address);
        return key(found.kind, found.key);
    }
    name(text);
}

void Keys::add(const Value& value) {
    switch (value.kind) {
        case Kind::address: return host(value.text);
        case Kind::domain: return name(value.text);
        case Kind::url: return host(detect::indicator::host_of_url(value.text));  // in a log it may be written in many ways; its host in one
        case Kind::network: {
            const auto network = parse_network(value.text);
            if (!network) return;
            for (const auto& range : archive::filter::keys_between(network->base, network->last())) keys_[static_cast<std::size_t>(range.kind)].push_back({range.first, range.last});
            return;
        }
        case Kind::hash:
        case Kind::ja3: {
            const auto number = archive::filter::key_of(Indicator::hash, value.text, seed_);
            if (number) return key(Indicator::hash, *number);
            return text(value.text);
        }
        case Kind::email: {
            const auto number = archive::filter::key_of(Indicator::mail, fold(value.text), seed_);
            if (number) return key(Indicator::mail, *number);
            return text(value.text);
        }
        case Kind::ja4:
        case Kind::user_agent:
        case Kind::file_name: return text(value.text);
        case Kind::pattern: return pattern(value.text);
    }
}

void Keys::pattern(std::string_view written) {
    const auto asked = detect::stix::prepare(written);
    if (!asked) return;  // nobody is asked about it
    const auto needed = detect::stix::needed_values(**asked);
    if (!needed) {
        everything_ = true;
        return;
    }
    for (const detect::stix::NeededValue& one : *needed) switch (one.kind) {
            case detect::stix::NeededValue::Kind::host: host(one.text); break;
            case detect::stix::NeededValue::Kind::hash: add({Kind::hash, one.text, 0}); break;
            case detect::stix::NeededValue::Kind::email: add({Kind::email, one.text, 0}); break;
            case detect::stix::NeededValue::Kind::file_name: text(one.text); break;
        }
}

void Keys::finish() {
    for (std::vector<Stretch>& stretches : keys_) {
        std::sort(stretches.begin(), stretches.end());
        std::vector<Stretch> apart;
        for (const Stretch& one : stretches) {
            if (!apart.empty() && one.first <= apart.back().last)
                apart.back().last = std::max(apart.back().last, one.last);
            else
                apart.push_back(one);
        }
        stretches = std::move(apart);
    }
    std::sort(texts_.begin(), texts_.end());
    texts_.erase(std::unique(texts_.begin(), texts_.end()), texts_.end());
}

Status Keys::ask_kind(const archive::FilterView& filter, Indicator kind, Asked& asked) const {
    const std::vector<Stretch>& wanted = keys_[static_cast<std::size_t>(kind)];
    if (wanted.empty()) return {};
    if (!filter.complete(kind)) {
        asked.whole = true;
        return {};
    }
    std::vector<Stretch> found;
    if (wanted.size() * 64 < filter.distinct(kind)) {
        found = wanted;  // few are looked up one by one
    } else {
        auto next = wanted.begin();
        TRY(filter.each_key(kind, [&](std::span<const std::uint64_t> keys) {
            asked.distinct += keys.size();
            for (const std::uint64_t number : keys) {
                if (next->last < number) next = first_from(next, wanted.end(), number);
                if (next == wanted.end()) return false;
                if (next->first <= number) found.push_back({number, number});
            }
            return found.size() <= kMostHits;
        }));
    }
    if (found.size() > kMostHits) {
        asked.whole = true;
        return {};
    }
    for (const Stretch& one : found) asked.blocks |= TRY(filter.has_keys(kind, one.first, one.last));
    return {};
}

Result<Keys::Asked> Keys::ask(const archive::FilterView& filter) const {
    Asked asked{.blocks = archive::BlockSet(filter.blocks()), .whole = everything_};
    for (std::size_t kind = 0; kind < archive::kIndicators && !asked.whole; ++kind) TRY(ask_kind(filter, static_cast<Indicator>(kind), asked));
    // Each stands in a field as a whole, or as the last part of a path or a name.
    for (std::size_t i = 0; i < texts_.size() && !asked.whole; ++i) asked.blocks |= TRY(filter.may_contain({.folded = texts_[i], .begins_word = true, .ends_word = true}));
    if (asked.whole) asked.blocks = filter.all();
    return asked;
}

}  // namespace vg::hunts
