#include "detect/kinds/stix/objects.h"

#include <algorithm>
#include <utility>

#include "base/ip.h"
#include "base/text.h"
#include "base/time.h"
#include "detect/kinds/indicator/value.h"

namespace vg::detect::stix {
namespace {

using event::Ecs;

constexpr std::array<std::string_view, kObjectTypes> kTypeNames{"ipv4-addr", "ipv6-addr", "domain-name", "url",          "mac-addr",        "email-addr",           "email-message",
                                                                "file",      "directory", "process",     "user-account", "network-traffic", "windows-registry-key", "x509-certificate"};

constexpr std::uint32_t kHosts = bit(ObjectType::ipv4_addr) | bit(ObjectType::ipv6_addr) | bit(ObjectType::domain_name);
constexpr std::uint32_t kFiles = bit(ObjectType::file) | bit(ObjectType::directory);

constexpr std::size_t kEcsFields = 1 + 0
#define FIELD(identifier, name, type, personal) +1
#include "event/fields.inc"
#undef FIELD
    ;

constexpr std::array<std::uint32_t, kEcsFields> told_types() {
    std::array<std::uint32_t, kEcsFields> table{};
#define TOLD(field, types) table[static_cast<std::size_t>(Ecs::field)] = types;
#include "detect/kinds/stix/fields.inc"
#undef TOLD
    return table;
}
constexpr std::array<std::uint32_t, kEcsFields> kTold = told_types();

std::string same_address(std::string_view text) {
    const auto address = parse_address(text);
    return address ? address->text() : lower_ascii(text);
}

std::string host_name(std::string_view text) {
    while (text.ends_with('.')) text.remove_suffix(1);
    return lower_ascii(text);
}

std::string host(std::string_view text) { return parse_address(text) ? same_address(text) : host_name(text); }

std::string lower(std::string_view text) { return lower_ascii(text); }

std::string mac(std::string_view text) {
    std::string out = lower_ascii(text);
    std::replace(out.begin(), out.end(), '-', ':');
    return out;
}

// Windows compares keys without regard to case; hives are written out, as the standard asks.
std::string registry_key(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> kHives[] = {
        {"hklm", "hkey_local_machine"}, {"hkcu", "hkey_current_user"}, {"hku", "hkey_users"}, {"hkcr", "hkey_classes_root"}, {"hkcc", "hkey_current_config"}, {"\\registry\\machine", "hkey_local_machine"}, {"\\registry\\user", "hkey_users"}};
    std::string folded = fold_case(text);
    while (folded.size() > 1 && folded.ends_with('\\')) folded.pop_back();
    for (const auto& [shorter, whole] : kHives)
        if (folded.starts_with(shorter) && (folded.size() == shorter.size() || folded[shorter.size()] == '\\')) return std::string{whole} + folded.substr(shorter.size());
    return folded;
}

std::string caseless(std::string_view text) { return fold_case(text); }

// "C:\Windows\cmd.exe" is "C:\Windows" and "cmd.exe".
std::pair<std::string_view, std::string_view> cut_path(std::string_view path) {
    const std::size_t slash = path.find_last_of("/\\");
    if (slash == std::string_view::npos) return {{}, path};
    return {path.substr(0, slash == 0 ? 1 : slash), path.substr(slash + 1)};
}

class Observer {
public:
    Observer(const event::Event& event, std::uint32_t types) : event_(event), types_(types) {}

    Objects run() {
        if (wants(kHosts | bit(ObjectType::network_traffic))) hosts();
        if (wants(bit(ObjectType::domain_name)) && event_.find(Ecs::dns_question_name) != nullptr) resolved();
        if (wants(bit(ObjectType::url))) urls();
        if (wants(bit(ObjectType::mac_addr))) macs();
        if (wants(bit(ObjectType::email_addr) | bit(ObjectType::email_message))) mail();
        if (wants(bit(ObjectType::network_traffic))) traffic();
        if (wants(bit(ObjectType::process) | bit(ObjectType::file) | bit(ObjectType::directory))) files_and_processes();
        if (wants(bit(ObjectType::user_account))) accounts();
        if (wants(bit(ObjectType::windows_registry_key))) registry();
        if (wants(bit(ObjectType::x509_certificate))) certificate();
        return std::move(out_);
    }

private:
    [[nodiscard]] bool wants(std::uint32_t types) const { return (types_ & types) != 0; }

    static void put(json::Value& object, std::string_view name, std::string_view text) {
        if (!text.empty()) object.set(name, text);
    }
    void put(json::Value& object, std::string_view name, Ecs field) const {
        if (field != Ecs::none) put(object, name, event_.text(field));
    }
    void put_number(json::Value& object, std::string_view name, Ecs field) const {
        const event::Field* found = event_.find(field);
        if (found != nullptr && found->type == event::Type::integer) object.set(name, found->integer);
    }
    void put_time(json::Value& object, std::string_view name, Ecs field) const {
        const event::Field* found = event_.find(field);
        if (found != nullptr && found->type == event::Type::time) object.set(name, to_rfc3339(Time{found->integer}));
    }

    // An address or a name; the reference to it.
    std::optional<std::string> host_object(std::string_view text, Side side) {
        if (text.empty()) return {};
        const auto address = parse_address(text);
        const std::string_view type = !address ? "domain-name" : address->is_v4() ? "ipv4-addr" : "ipv6-addr";
        if (!address && (text.find('.') == std::string_view::npos || text.size() > indicator::kMostName + 1)) return {};
        const std::string value = address ? address->text() : host_name(text);
        if (auto known = out_.known(type, value, side)) return known;
        return out_.add(json::object({{"type", type}, {"value", value}}), side);
    }

    void hosts() {
        for (const event::Field& field : event_.fields) {
            switch (field.ecs) {
                case Ecs::source_ip:
                case Ecs::source_address:
                case Ecs::source_domain:
                case Ecs::source_nat_ip:
                case Ecs::client_ip:
                case Ecs::client_address:
                case Ecs::client_domain: host_object(field.text, Side::visitor); break;
                case Ecs::destination_ip:
                case Ecs::destination_address:
                case Ecs::destination_domain:
                case Ecs::destination_nat_ip:
                case Ecs::server_ip:
                case Ecs::server_address:
                case Ecs::server_domain:
                case Ecs::url_domain:
                case Ecs::tls_client_server_name:
                case Ecs::dns_question_name:
                case Ecs::dns_answers_data: host_object(field.text, Side::remote); break;
                default: break;
            }
        }
        for (const Ecs field : {Ecs::url_full, Ecs::url_original})
            if (const std::string_view text = event_.text(field); text.find("://") != std::string_view::npos) host_object(indicator::host_of_url(text), Side::remote);
    }

    // The name that was asked for, with what it stands for.
    void resolved() {
        const std::string_view name = event_.text(Ecs::dns_question_name);
        json::Value references{json::Array{}};
        for (const event::Field& field : event_.fields)
            if (field.ecs == Ecs::dns_answers_data)
                if (auto reference = host_object(field.text, Side::remote)) references.add(std::move(*reference));
        if (references.as_array().empty()) return;
        out_.add(json::object({{"type", "domain-name"}, {"value", host_name(name)}, {"resolves_to_refs", std::move(references)}}), Side::remote);
    }

    void urls() {
        const auto add = [&](std::string_view text) {
            if (text.find("://") == std::string_view::npos || out_.known("url", text, Side::remote)) return;
            out_.add(json::object({{"type", "url"}, {"value", text}}), Side::remote);
        };
        add(event_.text(Ecs::url_full));
        add(event_.text(Ecs::http_request_referrer));
        const std::string_view original = event_.text(Ecs::url_original), domain = event_.text(Ecs::url_domain);
        add(original);
        if (event_.find(Ecs::url_full) != nullptr || domain.empty()) return;
        const std::string_view path = original.starts_with('/') ? original : event_.text(Ecs::url_path), scheme = event_.text(Ecs::url_scheme);
        if (!path.starts_with('/')) return;
        const std::string_view query = original.starts_with('/') ? std::string_view{} : event_.text(Ecs::url_query);
        add(format("{}://{}{}{}{}", scheme.empty() ? "http" : scheme, domain, path, query.empty() ? "" : "?", query));
    }

    void macs() {
        for (const Ecs field : {Ecs::source_mac, Ecs::client_mac, Ecs::destination_mac, Ecs::host_mac})
            if (const std::string_view text = event_.text(field); !text.empty() && !out_.known("mac-addr", mac(text), Side::thing)) out_.add(json::object({{"type", "mac-addr"}, {"value", mac(text)}}), Side::thing);
    }

    std::optional<std::string> address_of_mail(std::string_view text, Side side) {
        if (text.empty()) return {};
        const std::string value = indicator::canonical_email(text).value_or(fold_case(text));
        if (auto known = out_.known("email-addr", value, side)) return known;
        return out_.add(json::object({{"type", "email-addr"}, {"value", value}}), side);
    }

    void mail() {
        json::Value message = json::object({{"type", "email-message"}});
        if (auto from = address_of_mail(event_.text(Ecs::email_from_address), Side::visitor)) message.set("from_ref", *from).set("sender_ref", *from);
        json::Value to{json::Array{}};
        for (const event::Field& field : event_.fields)
            if (field.ecs == Ecs::email_to_address)
                if (auto reference = address_of_mail(field.text, Side::remote)) to.add(std::move(*reference));
        if (!to.as_array().empty()) message.set("to_refs", std::move(to));
        put(message, "subject", Ecs::email_subject);
        put(message, "message_id", Ecs::email_message_id);
        if (message.as_object().size() > 1) out_.add(std::move(message), Side::visitor);
    }

    std::optional<std::string> first_host(std::initializer_list<Ecs> fields, Side side) {
        for (const Ecs field : fields)
            if (auto reference = host_object(event_.text(field), side)) return reference;
        return {};
    }

    void traffic() {
        json::Value object = json::object({{"type", "network-traffic"}});
        const auto source = first_host({Ecs::source_ip, Ecs::client_ip, Ecs::source_address, Ecs::client_address, Ecs::source_domain, Ecs::client_domain}, Side::visitor);
        const auto target = first_host({Ecs::destination_ip, Ecs::server_ip, Ecs::destination_address, Ecs::server_address, Ecs::destination_domain, Ecs::server_domain, Ecs::url_domain}, Side::remote);
        if (source) object.set("src_ref", *source);
        if (target) object.set("dst_ref", *target);
        put_number(object, "src_port", event_.find(Ecs::source_port) != nullptr ? Ecs::source_port : Ecs::client_port);
        put_number(object, "dst_port", event_.find(Ecs::destination_port) != nullptr ? Ecs::destination_port : Ecs::server_port);
        if (json::Value extension = http(); !extension.is_null()) object.set("extensions", json::object({{"http-request-ext", std::move(extension)}}));
        if (object.as_object().size() == 1) return;
        json::Value protocols{json::Array{}};
        std::string network = lower_ascii(event_.text(Ecs::network_type));
        if (network.empty())
            for (const Ecs field : {Ecs::source_ip, Ecs::destination_ip, Ecs::client_ip, Ecs::server_ip})
                if (const auto address = parse_address(event_.text(field)); address && network.empty()) network = address->is_v4() ? "ipv4" : "ipv6";
        for (const std::string& name : {network, lower_ascii(event_.text(Ecs::network_transport)), lower_ascii(event_.text(Ecs::network_protocol)), lower_ascii(event_.text(Ecs::network_application))}) {
            const auto& there = protocols.as_array();
            if (!name.empty() && std::find(there.begin(), there.end(), json::Value{name}) == there.end()) protocols.add(name);
        }
        if (!protocols.as_array().empty()) object.set("protocols", std::move(protocols));
        put_number(object, "src_byte_count", Ecs::source_bytes);
        put_number(object, "dst_byte_count", Ecs::destination_bytes);
        put_number(object, "src_packets", Ecs::source_packets);
        put_number(object, "dst_packets", Ecs::destination_packets);
        put_time(object, "start", Ecs::event_start);
        put_time(object, "end", Ecs::event_end);
        connection_ = out_.add(std::move(object), Side::thing);
    }

    [[nodiscard]] json::Value http() const {
        json::Value request, headers;
        put(request, "request_method", lower_ascii(event_.text(Ecs::http_request_method)));
        const std::string_view original = event_.text(Ecs::url_original), path = event_.text(Ecs::url_path), query = event_.text(Ecs::url_query);
        if (original.starts_with('/'))
            put(request, "request_value", original);
        else if (!path.empty())
            put(request, "request_value", query.empty() ? std::string{path} : format("{}?{}", path, query));
        put(request, "request_version", Ecs::http_version);
        put(headers, "User-Agent", Ecs::user_agent_original);
        put(headers, "Host", Ecs::url_domain);
        put(headers, "Referer", Ecs::http_request_referrer);
        if (!headers.is_null()) request.set("request_header", std::move(headers));
        return request;
    }

    // A file by its path or name; the reference to it.
    std::optional<std::string> file(std::string_view path, std::string_view name, std::initializer_list<std::pair<std::string_view, Ecs>> hashes) {
        json::Value object = json::object({{"type", "file"}});
        const auto [folder, last] = cut_path(path);
        put(object, "name", name.empty() ? last : name);
        if (!folder.empty()) object.set("parent_directory_ref", out_.add(json::object({{"type", "directory"}, {"path", folder}}), Side::thing));
        json::Value sums;
        for (const auto& [as, field] : hashes) put(sums, as, lower_ascii(event_.text(field)));
        if (!sums.is_null()) object.set("hashes", std::move(sums));
        if (object.as_object().size() == 1) return {};
        if (hashes.size() > 0 && hashes.begin()->second == Ecs::file_hash_md5) {
            put_number(object, "size", Ecs::file_size);
            put(object, "mime_type", Ecs::file_mime_type);
        }
        return out_.add(std::move(object), Side::thing);
    }

    void files_and_processes() {
        file(event_.text(Ecs::file_path), event_.text(Ecs::file_name), {{"MD5", Ecs::file_hash_md5}, {"SHA-1", Ecs::file_hash_sha1}, {"SHA-256", Ecs::file_hash_sha256}});
        json::Value parent = json::object({{"type", "process"}}), process = parent;
        const auto image_of = [&](json::Value& object, std::string_view path, std::string_view name, std::initializer_list<std::pair<std::string_view, Ecs>> hashes) {
            put(object, "name", name.empty() ? cut_path(path).second : name);
            if (path.empty() && hashes.size() == 0) return;
            if (auto image = file(path, path.empty() ? name : std::string_view{}, hashes)) object.set("image_ref", *image).set("binary_ref", *image);
        };
        image_of(parent, event_.text(Ecs::process_parent_executable), event_.text(Ecs::process_parent_name), {});
        put(parent, "command_line", Ecs::process_parent_command_line);
        put_number(parent, "pid", Ecs::process_parent_pid);
        if (parent.as_object().size() > 1) process.set("parent_ref", out_.add(std::move(parent), Side::thing));
        image_of(process, event_.text(Ecs::process_executable), event_.text(Ecs::process_name), {{"MD5", Ecs::process_hash_md5}, {"SHA-1", Ecs::process_hash_sha1}, {"SHA-256", Ecs::process_hash_sha256}});
        put(process, "command_line", Ecs::process_command_line);
        put(process, "cwd", Ecs::process_working_directory);
        put_number(process, "pid", Ecs::process_pid);
        json::Value arguments{json::Array{}};
        for (const event::Field& field : event_.fields)
            if (field.ecs == Ecs::process_args) arguments.add(field.text);
        if (!arguments.as_array().empty()) process.set("arguments", std::move(arguments));
        if (process.as_object().size() == 1) return;
        if (auto user = account(Ecs::user_name, Ecs::user_id, Ecs::user_full_name)) process.set("creator_user_ref", *user);
        if (connection_) process.set("opened_connection_refs", json::array({*connection_}));
        if (wants(bit(ObjectType::process))) out_.add(std::move(process), Side::thing);
    }

    std::optional<std::string> account(Ecs name, Ecs id, Ecs shown) {
        json::Value object = json::object({{"type", "user-account"}});
        put(object, "account_login", name);
        put(object, "user_id", id);
        put(object, "display_name", shown);
        if (object.as_object().size() == 1) return {};
        return out_.add(std::move(object), Side::thing);
    }

    void accounts() {
        account(Ecs::user_name, Ecs::user_id, Ecs::user_full_name);
        account(Ecs::user_target_name, Ecs::user_target_id, Ecs::none);
        account(Ecs::user_effective_name, Ecs::user_effective_id, Ecs::none);
        account(Ecs::source_user_name, Ecs::none, Ecs::none);
        account(Ecs::destination_user_name, Ecs::none, Ecs::none);
    }

    // A path may end in the name of a value, and no sender says so alike: then it is told as both.
    void registry() {
        const std::string_view path = event_.text(Ecs::registry_path), name = event_.text(Ecs::registry_value);
        if (path.empty()) return;
        const auto [above, last] = cut_path(path);
        json::Value data;
        put(data, "data", Ecs::registry_data_strings);
        const bool with_name = !name.empty() && equal_ignoring_ascii_case(last, name);
        const auto add = [&](std::string_view key, std::string_view value) {
            json::Value object = json::object({{"type", "windows-registry-key"}, {"key", registry_key(key)}});
            json::Value one = data;
            put(one, "name", fold_case(value));
            if (!one.is_null()) object.set("values", json::array({std::move(one)}));
            out_.add(std::move(object), Side::thing);
        };
        if (!with_name) add(path, name);
        if (with_name || (name.empty() && !above.empty())) add(above, last);
    }

    void certificate() {
        json::Value object = json::object({{"type", "x509-certificate"}}), sums;
        put(sums, "SHA-1", lower_ascii(event_.text(Ecs::tls_server_hash_sha1)));
        put(sums, "SHA-256", lower_ascii(event_.text(Ecs::tls_server_hash_sha256)));
        if (!sums.is_null()) object.set("hashes", std::move(sums));
        put(object, "subject", Ecs::tls_server_subject);
        put(object, "issuer", Ecs::tls_server_issuer);
        put_time(object, "validity_not_before", Ecs::tls_server_not_before);
        put_time(object, "validity_not_after", Ecs::tls_server_not_after);
        if (object.as_object().size() > 1) out_.add(std::move(object), Side::remote);
    }

    const event::Event& event_;
    const std::uint32_t types_;
    Objects out_;
    std::optional<std::string> connection_;
};

}  // namespace

std::string_view name_of(ObjectType type) { return kTypeNames[static_cast<std::size_t>(type)]; }

std::optional<ObjectType> object_type_named(std::string_view name) {
    for (std::size_t i = 0; i < kObjectTypes; ++i)
        if (kTypeNames[i] == name) return static_cast<ObjectType>(i);
    return {};
}

std::uint32_t types_told_by(Ecs field) { return kTold[static_cast<std::size_t>(field)]; }

std::vector<Ecs> fields_that_tell(ObjectType type) {
    std::vector<Ecs> out;
    for (std::size_t i = 0; i < kTold.size(); ++i)
        if ((kTold[i] & bit(type)) != 0) out.push_back(static_cast<Ecs>(i));
    return out;
}

Side Objects::side_of(const json::Value* object) const {
    for (const One& one : objects_)
        if (&one.object == object) return one.side;
    return Side::thing;
}

bool Objects::has(std::string_view type) const {
    return std::any_of(objects_.begin(), objects_.end(), [&](const One& one) { return one.object.find("type")->as_text() == type; });
}

std::string Objects::add(json::Value object, Side side) {
    std::string name = std::to_string(objects_.size());
    objects_.push_back({std::move(object), side});
    all_.push_back(&objects_.back().object);
    graph_.emplace(name, all_.back());
    return name;
}

std::optional<std::string> Objects::known(std::string_view type, std::string_view value, Side side) {
    for (std::size_t i = 0; i < objects_.size(); ++i) {
        const json::Value& object = objects_[i].object;
        const json::Value* there = object.find("value");
        if (there == nullptr || there->as_text() != value || object.find("type")->as_text() != type) continue;
        objects_[i].side = std::max(objects_[i].side, side);
        return std::to_string(i);
    }
    return {};
}

Objects objects_of(const event::Event& event, std::uint32_t types) { return Observer{event, types}.run(); }

Fold fold_of(const Path& path) {
    const auto key = [&](std::size_t from_end) -> std::string_view {
        if (path.steps.size() < from_end) return {};
        const Step& step = path.steps[path.steps.size() - from_end];
        return step.kind == Step::Kind::key ? std::string_view{step.key} : std::string_view{};
    };
    const std::string_view& type = path.object_type;
    const std::string_view last = key(1), before = key(2);
    if (last == "value" && path.steps.size() > 1 && type != "email-message") return host;
    if (last == "value" && (type == "email-addr" || type == "email-message")) return caseless;
    if (last == "value" && type == "domain-name") return host_name;
    if (last == "value" && (type == "ipv4-addr" || type == "ipv6-addr")) return same_address;
    if (last == "value" && type == "mac-addr") return mac;
    if (before == "hashes" || key(3) == "hashes") return lower;
    if (type == "network-traffic" && (key(1) == "protocols" || before == "protocols" || last == "request_method")) return lower;
    if (type == "windows-registry-key" && last == "key") return registry_key;
    if (type == "windows-registry-key" && last == "name") return caseless;
    return nullptr;
}

}  // namespace vg::detect::stix
