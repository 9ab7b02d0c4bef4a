#include "intel/readers/reader.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"

namespace vg::intel {

#define MEMBER(name) namespace of_##name { extern const Reader name; }
#include "intel/readers/list.inc"
#undef MEMBER

const std::vector<const Reader*>& all_readers() {
    static const std::vector<const Reader*> all{
#define MEMBER(name) &of_##name::name,
#include "intel/readers/list.inc"
#undef MEMBER
    };
    return all;
}

const Reader* find_reader(std::string_view name) {
    for (const Reader* reader : all_readers())
        if (reader->name == name) return reader;
    return nullptr;
}

const Reader& reader_for(std::string_view bytes, std::string_view name) {
    for (const Reader* reader : all_readers())
        if (reader->sniff(bytes, name)) return *reader;
    return of_plain::plain;
}

std::optional<Kind> kind_of_word(std::string_view word) {
    struct Word {
        std::string_view word;
        Kind kind;
    };
    static constexpr std::array kWords{Word{"address", Kind::address},     Word{"ip", Kind::address},          Word{"ipv4", Kind::address},        Word{"ipv6", Kind::address},
                                       Word{"ip-address", Kind::address},  Word{"ip-dst", Kind::address},      Word{"ip-src", Kind::address},      Word{"dst-ip", Kind::address},
                                       Word{"src-ip", Kind::address},      Word{"ipv4-addr", Kind::address},   Word{"ipv6-addr", Kind::address},   Word{"ip:port", Kind::address},
                                       Word{"network", Kind::network},     Word{"cidr", Kind::network},        Word{"netblock", Kind::network},    Word{"subnet", Kind::network},
                                       Word{"domain", Kind::domain},       Word{"hostname", Kind::domain},     Word{"host", Kind::domain},         Word{"fqdn", Kind::domain},
                                       Word{"domain-name", Kind::domain},  Word{"url", Kind::url},             Word{"uri", Kind::url},             Word{"hash", Kind::hash},
                                       Word{"md5", Kind::hash},            Word{"md5-hash", Kind::hash},       Word{"sha1", Kind::hash},           Word{"sha1-hash", Kind::hash},
                                       Word{"sha256", Kind::hash},         Word{"sha256-hash", Kind::hash},    Word{"sha512", Kind::hash},         Word{"sha-1", Kind::hash},
                                       Word{"sha-256", Kind::hash},        Word{"sha-512", Kind::hash},        Word{"filehash", Kind::hash},       Word{"filehash-md5", Kind::hash},
                                       Word{"filehash-sha1", Kind::hash},  Word{"filehash-sha256", Kind::hash}, Word{"email", Kind::email},         Word{"email-addr", Kind::email},
                                       Word{"e-mail", Kind::email},        Word{"email-address", Kind::email}, Word{"email-src", Kind::email},     Word{"ja3", Kind::ja3},
                                       Word{"ja3-fingerprint-md5", Kind::ja3}, Word{"ja3-md5", Kind::ja3},     Word{"ja4", Kind::ja4},             Word{"user-agent", Kind::user_agent},
                                       Word{"useragent", Kind::user_agent}, Word{"filename", Kind::file_name}, Word{"file-name", Kind::file_name}, Word{"file", Kind::file_name},
                                       Word{"pattern", Kind::pattern},      Word{"stix-pattern", Kind::pattern},    Word{"stix2-pattern", Kind::pattern}};
    std::string plain_word = lower_ascii(trim(word));
    std::replace(plain_word.begin(), plain_word.end(), '_', '-');
    std::replace(plain_word.begin(), plain_word.end(), ' ', '-');
    for (const Word& known : kWords)
        if (known.word == plain_word) return known.kind;
    return {};
}

std::optional<std::uint8_t> parse_confidence(std::string_view text) {
    const std::string word = lower_ascii(trim(text));
    if (word == "high") return std::uint8_t{85};
    if (word == "medium" || word == "med") return std::uint8_t{50};
    if (word == "low") return std::uint8_t{15};
    std::string_view digits = word;
    if (digits.ends_with('%')) digits.remove_suffix(1);
    const auto number = parse_int(trim(digits));
    if (!number || *number < 0 || *number > 100) return {};
    return static_cast<std::uint8_t>(*number);
}

std::optional<Time> parse_when(std::string_view text) {
    text = trim(text);
    if (const auto time = parse_time(text)) return time;
    if (text.size() == 10 && text[4] == '-') return parse_time(format("{}T00:00:00Z", text));
    if (text.ends_with(" UTC")) return parse_time(text.substr(0, text.size() - 4));
    const auto seconds_since = parse_int(text);
    if (!seconds_since || *seconds_since <= 0 || *seconds_since > 253'402'300'799) return {};
    return Time{*seconds_since * 1'000'000};
}

std::string_view leading_name(std::string_view comment) {
    for (std::string_view end : {" - ", "http://", "https://", " IOCs", " (", ";"}) {
        const std::size_t at = comment.find(end);
        if (at != std::string_view::npos) comment = comment.substr(0, at);
    }
    return trim(comment);
}

}  // namespace vg::intel
