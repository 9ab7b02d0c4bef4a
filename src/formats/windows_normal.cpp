#include "formats/windows_normal.h"

#include <algorithm>
#include <bitset>

#include "base/text.h"
#include "base/time.h"
#include "formats/clock_text.h"

namespace vg::formats {

namespace {

using namespace windows_tables;
using event::Ecs;
using event::Field;

enum class Step : std::uint8_t { value, path_end, account };
enum class When : std::uint8_t { always, logon, other };

struct Rule {
    Step step;
    When when;
    Ecs field;
    Ecs domain;
    Known from;
};

constexpr Rule kRules[] = {
#define ECS(field, from) {Step::value, When::always, Ecs::field, Ecs::none, Known::from},
#define LOGON_ECS(field, from) {Step::value, When::logon, Ecs::field, Ecs::none, Known::from},
#define OTHER_ECS(field, from) {Step::value, When::other, Ecs::field, Ecs::none, Known::from},
#define PATH_END(field, from) {Step::path_end, When::always, Ecs::field, Ecs::none, Known::from},
#define ACCOUNT(user, domain, from) {Step::account, When::always, Ecs::user, Ecs::domain, Known::from},
#include "formats/windows_ecs.inc"
#undef ECS
#undef LOGON_ECS
#undef OTHER_ECS
#undef PATH_END
#undef ACCOUNT
};

class Normaliser {
public:
    Normaliser(KnownFields& fields, bool from_beat, const Context& context, Parsed& parsed)
        : slots_(&fields), from_beat_(from_beat), context_(&context), parsed_(&parsed), builder_(&parsed.builder) {}

    void run() {
        if (const Field* id = field(Known::EventID); id != nullptr && id->type == event::Type::integer) event_id_ = id->integer;
        find_time();
        find_logsource();
        if (parsed_->logsource.service == "security") {
            if (event_id_ == 4688) name_like_process_creation();
            if (event_id_ == 4657) name_like_registry_set();
        }
        if (parsed_->logsource.service == "sysmon") recover_event_type();
        split_hashes();
        const std::string_view computer = text(Known::Computer);
        for (Field& known : builder_->fields()) {
            if (known.ecs == Ecs::host_name && !computer.empty() && known.text != computer) {
                known.name = "shipper.host.name";  // of a collector of forwarded events: Winlogbeat 6 puts it there
                known.ecs = Ecs::none;
            }
            if (known.ecs != Ecs::none) have(known.ecs);
        }
        for (const Rule& rule : kRules) apply(rule);
        set_outcome();
    }

private:
    // The first field of that name. Void as soon as a field is added.
    [[nodiscard]] const Field* field(Known known) const {
        const std::uint16_t slot = (*slots_)[static_cast<std::size_t>(known)];
        return slot == 0 ? nullptr : &builder_->fields()[slot - 1U];
    }
    [[nodiscard]] std::string_view text(Known known) const {
        const Field* found = field(known);
        return found == nullptr ? std::string_view{} : found->text;
    }
    [[nodiscard]] bool has(Ecs ecs) const { return seen_[static_cast<std::size_t>(ecs)]; }
    void have(Ecs ecs) { seen_.set(static_cast<std::size_t>(ecs)); }

    void add_native(Known known, std::string_view value) {
        if ((*slots_)[static_cast<std::size_t>(known)] != 0 || value.empty()) return;
        builder_->nfc_text(info(known).name, value);
        (*slots_)[static_cast<std::size_t>(known)] = static_cast<std::uint16_t>(builder_->size());
    }

    bool take_time(Known known, bool zone_known) {
        const std::string_view value = text(known);
        if (value.empty()) return false;
        bool with_offset = false;
        const auto time = read_time(value, zone_known ? context_->zone : std::string_view{}, &with_offset);
        if (!time || (!with_offset && !zone_known)) return false;
        parsed_->occurred = *time;
        parsed_->occurred_known = true;
        return true;
    }

    // Times with an offset first. NXLog writes EventTime in local time: Sysmon's own UtcTime is safer when the zone is not
    // known, and then the shipper's.
    void find_time() {
        if (from_beat_ && field(Known::TimeCreated) == nullptr)
            if (std::uint16_t& slot = (*slots_)[static_cast<std::size_t>(Known::AtTimestamp)]; slot != 0) {
                builder_->fields()[slot - 1U].name = info(Known::TimeCreated).name;
                (*slots_)[static_cast<std::size_t>(Known::TimeCreated)] = slot;
                slot = 0;
            }
        const bool zone_set = !context_->zone.empty();
        if (take_time(Known::TimeCreated, zone_set) || take_time(Known::EventTime, zone_set)) return;
        if (const std::string_view utc = text(Known::UtcTime); !utc.empty())
            if (const auto time = read_time(utc, {}, nullptr)) {
                parsed_->occurred = *time;
                parsed_->occurred_known = true;
                return;
            }
        if (take_time(Known::AtTimestamp, zone_set) || take_time(Known::TimeGenerated, zone_set)) return;
        if (!take_time(Known::TimeCreated, true)) take_time(Known::EventTime, true);
    }

    void find_logsource() {
        event::Logsource& source = parsed_->logsource;
        const std::string_view channel = text(Known::Channel);
        const std::string_view provider = text(Known::Provider_Name);
        source.service = channel.empty() ? service_of_provider(provider) : service_of_channel(channel);
        source.product = provider == "Linux-Sysmon" || channel.starts_with("Linux-Sysmon") ? "linux" : "windows";
        if (!source.service.empty()) source.categories = categories_of(source.service, event_id_);
        source.complete = !channel.empty() || !source.service.empty();
    }

    std::string_view join(std::string_view a, char between, std::string_view b) {
        char* const memory = builder_->arena().take(a.size() + 1 + b.size());
        std::copy(a.begin(), a.end(), memory);
        memory[a.size()] = between;
        std::copy(b.begin(), b.end(), memory + a.size() + 1);
        return {memory, a.size() + 1 + b.size()};
    }

    // Security 4688 under the names of Sysmon 1, as rules for process_creation ask. Its own ProcessId is the creator's.
    void name_like_process_creation() {
        add_native(Known::Image, text(Known::NewProcessName));
        add_native(Known::ParentImage, text(Known::ParentProcessName));
        add_native(Known::ParentProcessId, text(Known::ProcessId));
        add_native(Known::LogonId, text(Known::SubjectLogonId));
        const std::string_view user = text(Known::SubjectUserName);
        const std::string_view domain = text(Known::SubjectDomainName);
        if (!user.empty() && user != "-") add_native(Known::User, domain.empty() || domain == "-" ? user : join(domain, '\\', user));
        const std::string_view label = text(Known::MandatoryLabel);
        constexpr std::pair<std::string_view, std::string_view> kLevels[] = {
            {"S-1-16-0", "Untrusted"}, {"S-1-16-4096", "Low"}, {"S-1-16-8192", "Medium"}, {"S-1-16-8448", "MediumPlus"}, {"S-1-16-12288", "High"}, {"S-1-16-16384", "System"}};
        for (const auto& [sid, name] : kLevels)
            if (label == sid) add_native(Known::IntegrityLevel, name);
    }

    // Security 4657 under the names of Sysmon 13. Sysmon abbreviates the root keys.
    void name_like_registry_set() {
        std::string_view key = text(Known::ObjectName);
        constexpr std::pair<std::string_view, std::string_view> kRoots[] = {{"\\REGISTRY\\MACHINE", "HKLM"}, {"\\REGISTRY\\USER", "HKU"}};
        for (const auto& [root, shorter] : kRoots)
            if (starts_with_ignoring_ascii_case(key, root) && (key.size() == root.size() || key[root.size()] == '\\')) {
                const std::string_view rest = key.substr(root.size());
                key = rest.empty() ? shorter : join(shorter, '\\', rest.substr(1));
                break;
            }
        const std::string_view value = text(Known::ObjectValueName);
        add_native(Known::TargetObject, value.empty() || value == "-" ? key : join(key, '\\', value));
        add_native(Known::Details, text(Known::NewValue));
        add_native(Known::Image, text(Known::ProcessName));
    }

    // NXLog's own EventType (INFO, AUDIT_SUCCESS) takes the place of Sysmon's (SetValue, CreateKey, CreatePipe), which then
    // stands only in the rendered message.
    void recover_event_type() {
        const std::uint16_t slot = (*slots_)[static_cast<std::size_t>(Known::EventType)];
        if (slot == 0) return;
        constexpr std::string_view kOfNxlog[] = {"INFO", "WARNING", "ERROR", "CRITICAL", "VERBOSE", "DEBUG", "AUDIT_SUCCESS", "AUDIT_FAILURE"};
        const std::string_view nxlog = builder_->fields()[slot - 1U].text;
        if (std::find(std::begin(kOfNxlog), std::end(kOfNxlog), nxlog) == std::end(kOfNxlog)) return;
        constexpr std::string_view kLine = "\nEventType: ";
        const std::string_view message = text(Known::Message);
        const std::size_t at = message.find(kLine);
        if (at == std::string_view::npos) return;
        const std::string_view rest = message.substr(at + kLine.size());
        const std::string_view type = rest.substr(0, rest.find_first_of("\r\n"));
        if (type.empty()) return;
        builder_->fields()[slot - 1U].text = type;
        add_native(Known::NXLog_EventType, nxlog);
    }

    // "SHA1=...,MD5=...,IMPHASH=..." also one by one, under the names of older rules, and in ECS for what was started.
    void split_hashes() {
        std::string_view all = text(Known::Hashes);
        if (all.empty()) all = text(Known::Hash);
        if (all.find('=') == std::string_view::npos) return;
        const bool of_process = event_id_ == 1;
        while (!all.empty()) {
            const std::size_t end = std::min(all.find(','), all.size());
            const std::string_view part = all.substr(0, end);
            all.remove_prefix(std::min(end + 1, all.size()));
            const std::size_t equals = part.find('=');
            if (equals == std::string_view::npos || equals + 1 == part.size()) continue;
            const std::string_view kind = part.substr(0, equals);
            const std::string_view value = part.substr(equals + 1);
            if (kind == "MD5") {
                add_hash("md5", value, of_process ? Ecs::process_hash_md5 : Ecs::file_hash_md5);
            } else if (kind == "SHA1") {
                add_hash("sha1", value, of_process ? Ecs::process_hash_sha1 : Ecs::file_hash_sha1);
            } else if (kind == "SHA256") {
                add_hash("sha256", value, of_process ? Ecs::process_hash_sha256 : Ecs::file_hash_sha256);
            } else if (kind == "IMPHASH") {
                add_native(Known::Imphash, value);
            }
        }
    }
    void add_hash(std::string_view name, std::string_view value, Ecs ecs) {
        if (builder_->has(name)) return;
        builder_->nfc_text(name, value);
        builder_->ecs_nfc_text(ecs, value);
    }

    void put(Ecs ecs, std::string_view value) {
        if (has(ecs) || value.empty() || value == "-") return;
        const std::size_t before = builder_->size();
        if (event::info(ecs).type == event::Type::integer) {
            if (const auto number = read_number(value)) builder_->ecs_integer(ecs, *number, value);
        } else if (event::info(ecs).type == event::Type::text) {
            builder_->ecs_nfc_text(ecs, value);
        } else {
            builder_->ecs(ecs, value);
        }
        if (builder_->size() > before) have(ecs);
    }

    // Decimal, or 0x and hex digits as the security log writes process ids.
    static std::optional<std::int64_t> read_number(std::string_view value) {
        if (!value.starts_with("0x")) return parse_int(value);
        std::int64_t number = 0;
        if (value.size() < 3 || value.size() > 10) return std::nullopt;
        for (const char c : value.substr(2)) {
            const int digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
            if (digit < 0) return std::nullopt;
            number = number * 16 + digit;
        }
        return number;
    }

    void apply(const Rule& rule) {
        if (has(rule.field)) return;
        const std::string_view value = text(rule.from);
        if (value.empty()) return;
        if (rule.when != When::always && (rule.when == When::logon) != is_logon()) return;
        switch (rule.step) {
            case Step::value: put(rule.field, value); return;
            case Step::path_end: put(rule.field, value.substr(value.find_last_of("\\/") + 1)); return;
            case Step::account: {
                const std::size_t slash = value.find('\\');
                if (slash != std::string_view::npos) put(rule.domain, value.substr(0, slash));
                put(rule.field, slash == std::string_view::npos ? value : value.substr(slash + 1));
                return;
            }
        }
    }

    [[nodiscard]] bool is_logon() const {
        if (parsed_->logsource.service != "security") return false;
        switch (event_id_) {
            case 4624:
            case 4625:
            case 4634:
            case 4647:
            case 4648:
            case 4768:
            case 4769:
            case 4770:
            case 4771:
            case 4776: return true;
            default: return false;
        }
    }

    // The audit bits of Keywords (winmeta.xml): failure 0x10000000000000, success 0x20000000000000.
    void set_outcome() {
        if (!has(Ecs::host_os_type)) builder_->ecs(Ecs::host_os_type, parsed_->logsource.product);
        if (!has(Ecs::log_level))
            if (const Field* level = field(Known::Level); level != nullptr && level->type == event::Type::integer && level->integer >= 0 && level->integer <= 5) {
                constexpr std::string_view kLevels[] = {"information", "critical", "error", "warning", "information", "verbose"};
                builder_->ecs(Ecs::log_level, kLevels[level->integer]);
            }
        if (parsed_->logsource.service != "security" || has(Ecs::event_outcome)) return;
        const std::string_view keywords = text(Known::Keywords);
        const std::string_view words = text(Known::Rendered_Keywords);
        if (keywords == "0x8020000000000000" || words == "Audit Success")
            builder_->ecs(Ecs::event_outcome, "success");
        else if (keywords == "0x8010000000000000" || words == "Audit Failure")
            builder_->ecs(Ecs::event_outcome, "failure");
    }

    KnownFields* slots_;
    bool from_beat_;
    const Context* context_;
    Parsed* parsed_;
    event::Builder* builder_;
    std::bitset<256> seen_;
    std::int64_t event_id_ = -1;
};

}  // namespace

void normalise_windows(KnownFields& fields, bool from_beat, const Context& context, Parsed& parsed) {
    Normaliser{fields, from_beat, context, parsed}.run();
}

}  // namespace vg::formats
