#include "store/journal_files.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"
#include "store/journal_blocks.h"
#include "store/signing.h"

namespace vg::store::journal {

namespace {

constexpr std::string_view kSuffix = ".seg";
constexpr std::size_t kDigits = 20;

// "NAME VALUE" lines; the values of the expected names in order, or nothing.
std::optional<std::vector<std::string_view>> values(std::string_view text, const std::vector<std::string_view>& names) {
    std::vector<std::string_view> found;
    for (std::string_view line : split(text, '\n')) {
        if (line.empty()) continue;
        if (found.size() == names.size()) return std::nullopt;
        const std::string_view name = names[found.size()];
        if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ') return std::nullopt;
        found.push_back(line.substr(name.size() + 1));
    }
    if (found.size() != names.size()) return std::nullopt;
    return found;
}

std::string retention_facts(const Uuid& journal, const Retention& retention) {
    return format("retention 1\njournal {}\nbegin {}\nwhen {}\n", to_text(journal), retention.begin, retention.when.micros);
}

}  // namespace

std::string identity_text(const Identity& identity) {
    std::string text = format("journal {}\nid {}\nsalt {:016x}\n", kVersion, to_text(identity.id), identity.salt);
    return text + format("sum {:016x}\n", hash64(text));
}

Result<Identity> parse_identity(std::string_view text) {
    const auto found = values(text, {"journal", "id", "salt", "sum"});
    const std::string_view first_line = text.substr(0, text.find('\n'));
    if (first_line.starts_with("journal ")) {
        const auto version = parse_int(first_line.substr(8));
        if (version && *version > kVersion)
            return fail(Code::bad_input, format("the journal has format {}, this program knows formats up to {}: use the newer program", *version, kVersion));
    }
    const std::size_t sum_at = text.rfind("sum ");
    if (!found || sum_at == std::string_view::npos || (*found)[3] != format("{:016x}", hash64(text.substr(0, sum_at))))
        return fail(Code::corrupt, "the identity file of the journal is damaged");
    const std::string salt = TRY(from_hex((*found)[2]));
    if (salt.size() != 8) return fail(Code::corrupt, "the identity file of the journal is damaged");
    Identity identity{TRY(parse_uuid((*found)[1])), 0};
    for (char c : salt) identity.salt = (identity.salt << 8) | static_cast<std::uint8_t>(c);
    return identity;
}

Result<Identity> load_identity(Disk& disk, const std::string& folder) {
    const std::string path = folder + "/identity";
    Error why{Code::not_found, path + " does not exist"};
    if (disk.exists(path)) {
        auto identity = read_whole(disk, path, 4096).and_then([](std::string&& text) { return parse_identity(text); });
        if (identity || identity.error().code == Code::bad_input || identity.error().code == Code::unavailable) return identity;
        why = std::move(identity).error();
    }
    for (std::uint64_t first : TRY(list_segments(disk, folder))) {
        auto file = disk.open(folder + "/" + segment_name(first), Open::read);
        if (!file) continue;
        BlockCursor cursor{**file, marks_of(0, first), 0, kSector, true};
        auto block = cursor.next();
        if (!block || !*block || (*block)->gap || (*block)->head.kind != Kind::header) continue;
        if (auto facts = parse_header((*block)->bytes)) return Identity{facts->journal, facts->salt};
    }
    return fail(std::move(why));
}

Result<std::string> retention_text(const Uuid& journal, const Retention& retention, const SigningKey& key) {
    const std::string facts = retention_facts(journal, retention);
    return facts + "signature " + to_hex(TRY(sign(key, facts))) + "\n";
}

Result<Retention> parse_retention(std::string_view text, const Uuid& journal, std::string_view public_key) {
    const auto found = values(text, {"retention", "journal", "begin", "when", "signature"});
    const auto wrong = [] { return fail(Code::corrupt, "the retention file of the journal is damaged or not signed by its key"); };
    if (!found) return wrong();
    const auto begin = parse_int((*found)[2]);
    const auto when = parse_int((*found)[3]);
    const auto signature = from_hex((*found)[4]);
    if (!begin || *begin < 0 || !when || !signature) return wrong();
    const Retention retention{static_cast<std::uint64_t>(*begin), {*when}};
    if (!is_signed(public_key, retention_facts(journal, retention), *signature)) return wrong();
    return retention;
}

Result<Retention> load_retention(Disk& disk, const std::string& folder, const Uuid& journal, std::string_view public_key) {
    const std::string path = folder + "/retention";
    if (!disk.exists(path)) return Retention{};
    return parse_retention(TRY(read_whole(disk, path, 4096)), journal, public_key);
}

std::string segment_name(std::uint64_t first) { return format("{:020}{}", first, kSuffix); }

std::optional<std::uint64_t> first_of_name(std::string_view name) {
    if (name.size() != kDigits + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
    const auto first = parse_int(name.substr(0, kDigits));
    if (!first || *first < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*first);
}

Result<std::vector<std::uint64_t>> list_segments(Disk& disk, const std::string& folder) {
    std::vector<std::uint64_t> found;
    for (const std::string& name : TRY(disk.list(folder)))
        if (const auto first = first_of_name(name)) found.push_back(*first);
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace vg::store::journal
