// Identifiers. Id<Tag> is a UUIDv7 (RFC 9562, section 5.7), so that ids sort by creation; the tag keeps the id of a
// user from being passed for the id of a source. Text form: 36 lower-case characters.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace vg {

using Uuid = std::array<std::uint8_t, 16>;

std::string to_text(const Uuid& uuid);
Result<Uuid> parse_uuid(std::string_view text);

template <class Tag>
struct Id {
    Uuid bytes{};

    friend auto operator<=>(const Id&, const Id&) = default;
    [[nodiscard]] bool is_nil() const { return bytes == Uuid{}; }
    [[nodiscard]] std::string text() const { return to_text(bytes); }

    static Result<Id> parse(std::string_view text) {
        return parse_uuid(text).map([](Uuid uuid) { return Id{uuid}; });
    }
};

// Where ids and other random bytes come from; injected so that tests are repeatable.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::uint8_t* bytes, std::size_t count) = 0;
};

// Cryptographic random bytes from the kernel. Any thread.
class SystemRandom final : public Random {
public:
    void fill(std::uint8_t* bytes, std::size_t count) override;
};

// Repeatable bytes for tests; not for secrets.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    void fill(std::uint8_t* bytes, std::size_t count) override;

private:
    std::uint64_t state_;
};

Uuid make_uuid_v7(Time now, Random& random);

template <class Tag>
Id<Tag> make_id(Time now, Random& random) {
    return Id<Tag>{make_uuid_v7(now, random)};
}

// Tags used by several rooms.
struct SourceTag;
struct OrganisationTag;
struct UserTag;
using SourceId = Id<SourceTag>;
using OrganisationId = Id<OrganisationTag>;
using UserId = Id<UserTag>;

}  // namespace vg
