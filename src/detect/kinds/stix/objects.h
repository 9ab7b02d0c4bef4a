// An event as the cyber-observable objects of STIX 2.1 (part 6) that it tells of, so that patterns can be asked of it. Properties
// that only STIX 2.0 had (process:name, process:binary_ref) are there too. docs/indicators.md says which field becomes what.
//
//   const Objects objects = objects_of(event, bit(ObjectType::process));
//   looking.find(comparison, objects.all(), objects.graph())
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "detect/kinds/stix/fulfil.h"
#include "event/event.h"

namespace vg::detect::stix {

// remote: a machine of ours went there · visitor: it came to us · thing: it was seen
enum class Side : std::uint8_t { thing, visitor, remote };

enum class ObjectType : std::uint8_t {
    ipv4_addr, ipv6_addr, domain_name, url, mac_addr, email_addr, email_message, file, directory, process, user_account, network_traffic, windows_registry_key, x509_certificate
};
inline constexpr std::size_t kObjectTypes = 14;
constexpr std::uint32_t bit(ObjectType type) { return 1U << static_cast<unsigned>(type); }
std::string_view name_of(ObjectType type);  // "ipv4-addr"
// None: no event tells of such objects.
std::optional<ObjectType> object_type_named(std::string_view name);

// The types of which an event with that field may have an object, as bits.
std::uint32_t types_told_by(event::Ecs field);
// The fields that tell of a type.
std::vector<event::Ecs> fields_that_tell(ObjectType type);

class Objects {
public:
    [[nodiscard]] std::span<const json::Value* const> all() const { return all_; }
    [[nodiscard]] const Graph& graph() const { return graph_; }
    [[nodiscard]] Side side_of(const json::Value* object) const;
    [[nodiscard]] bool has(std::string_view type) const;

    // The number of the object, by which others refer to it.
    std::string add(json::Value object, Side side);
    // One that is there already, of that type and value; then the side is the graver of both.
    std::optional<std::string> known(std::string_view type, std::string_view value, Side side);

private:
    struct One {
        json::Value object;
        Side side;
    };
    std::deque<One> objects_;  // stay where they are
    std::vector<const json::Value*> all_;
    Graph graph_;
};

// Objects of these types and those that they refer to.
Objects objects_of(const event::Event& event, std::uint32_t types);

// The form in which a value stands in the objects above, for those whose letter case means nothing: names, addresses, hashes,
// registry keys. `path` is as in a pattern; nothing: it is compared as it stands.
using Fold = std::string (*)(std::string_view);
Fold fold_of(const Path& path);

}  // namespace vg::detect::stix
