// A set of indicators as one immutable file: little of it in memory, each answer confirmed by the whole value from the file.
// intel writes the files and opens them; the matcher asks. Any number of threads may ask.
//
//   Writer writer{seed, [&](std::string_view bytes) { return file.append(bytes); }};
//   TRY(writer.add({value, {{.list = "maltrail", .family = "lazarus"}}}));      // each value once
//   TRY(writer.finish());
//   auto table = TRY(Table::open(std::move(bytes)));
//   if (auto entry = TRY(table->find(Kind::domain, "evil.example"))) ...
//
// The file: magic, seed, records (each with its length and checksum), offsets of the records in the order of their seeded
// hashes, 32 bits of each hash, where each bucket of hashes begins, the networks as disjoint stretches of addresses (start, and
// the narrowest network there), for each network its record and the next wider one, and a foot with the places and checksums
// of these, and where the first pattern stands. In memory: 4 bytes an indicator, the bucket table (about 1), a sketch of each bucket
// (1 to 2), and 16 for a network of IPv4, 40 of IPv6.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ip.h"
#include "base/result.h"
#include "detect/kinds/indicator/value.h"

namespace vg::detect::indicator {

// Traffic Light Protocol 2.0 (FIRST); clear is the widest.
enum class Tlp : std::uint8_t { clear, green, amber, amber_strict, red };
std::string_view name_of(Tlp tlp);  // "amber+strict"
Result<Tlp> parse_tlp(std::string_view text);  // "TLP:AMBER", "white" for clear

inline constexpr Time kAlways{std::numeric_limits<std::int64_t>::max()};

// What one list says about a value.
struct Attribution {
    std::string list;             // name
    std::string family;           // "lazarus"; empty: unknown
    std::string warning;          // why it is likely a false positive; empty: nothing known against it
    std::uint8_t confidence = 50; // 0 to 100, at `from`
    Tlp tlp = Tlp::amber;
    bool caution = false;         // the warning only lowers the confidence, which it has done already
    bool allowed = false;         // the opposite of an indicator: the value, and what is below it, never matches
    std::uint16_t half_life_days = 0;  // confidence halves in so many days after `from`; 0: it stays
    Time from{std::numeric_limits<std::int64_t>::min()}, until = kAlways;  // from <= t < until

    friend bool operator==(const Attribution&, const Attribution&) = default;
};
// The confidence at a time, 0 to 100.
int confidence_at(const Attribution& attribution, Time time);

struct Entry {
    Value value;
    std::vector<Attribution> by;  // in an overlay none: the value was taken away

    friend bool operator==(const Entry&, const Entry&) = default;
};
inline constexpr std::size_t kMostAttributions = 64;

// Bytes of a written file.
class Bytes {
public:
    virtual ~Bytes() = default;
    [[nodiscard]] virtual Result<std::uint64_t> size() const = 0;
    [[nodiscard]] virtual Result<std::string> read(std::uint64_t offset, std::size_t length) const = 0;  // any thread
};
std::unique_ptr<Bytes> in_memory(std::string bytes);

class Writer {
public:
    using Sink = std::function<Status(std::string_view)>;
    // `seed`: random, of this file alone, so that nobody can choose values that fall together.
    Writer(std::uint64_t seed, Sink sink);
    // Each canonical value once. Attributions beyond kMostAttributions are left out.
    Status add(const Entry& entry);
    Status finish();
    [[nodiscard]] std::size_t size() const { return keys_.size() + networks_.size(); }

private:
    Status put_out(bool all);
    struct Key {
        std::uint64_t hash, offset;
    };
    struct Net {
        Network network;
        std::uint64_t offset;
    };
    std::uint64_t seed_;
    Sink sink_;
    std::string buffer_;
    std::uint64_t written_ = 0;  // with the buffer
    std::uint64_t patterns_at_ = 0;  // the first one; 0: none
    std::vector<Key> keys_;
    std::vector<Net> networks_;
    std::vector<std::uint64_t> kinds_ = std::vector<std::uint64_t>(kKinds);
};

class Table {
public:
    // Reads and checks what stays in memory. Code::corrupt: none of our files, or a damaged one.
    static Result<std::shared_ptr<const Table>> open(std::unique_ptr<Bytes> bytes);

    [[nodiscard]] std::size_t size() const { return count_ + network_count_; }
    [[nodiscard]] std::size_t resident_bytes() const;
    // Whether the value may be here: an answer of false is certain. No read from the file.
    [[nodiscard]] bool may_have(Kind kind, std::string_view text) const { return count(kind) != 0 && may_have(key_of(kind, text)); }
    [[nodiscard]] bool may_have(const Address& address) const { return count(Kind::address) != 0 && may_have(key_of(address)); }
    // The value itself; a network by its text too. Canonical forms.
    [[nodiscard]] Result<std::optional<Entry>> find(Kind kind, std::string_view text) const;
    [[nodiscard]] Result<std::optional<Entry>> find(const Address& address) const;
    // The networks that an address is in, the narrowest first.
    [[nodiscard]] bool in_network(const Address& address) const { return narrowest(address) != 0; }
    Status networks(const Address& address, std::vector<Entry>& out) const;
    // Every entry, in the order in which they were written.
    Status each(const std::function<bool(Entry&&)>& take) const;
    // For hunts that look for keys of another kind: true when nothing of that kind is here.
    [[nodiscard]] std::size_t count(Kind kind) const { return kinds_[static_cast<std::size_t>(kind)]; }
    // The patterns, which are asked one by one.
    [[nodiscard]] Result<std::vector<Entry>> patterns() const;

private:
    struct Range {
        const std::uint32_t* first = nullptr;
        std::size_t index = 0;
    };
    [[nodiscard]] std::uint64_t key_of(Kind kind, std::string_view text) const;
    [[nodiscard]] std::uint64_t key_of(const Address& address) const;
    [[nodiscard]] Range probe(std::uint64_t hash) const;
    // Nearly all that is asked is not there, which one word of the sketch tells without a look into the bucket.
    [[nodiscard]] bool may_have(std::uint64_t hash) const { return (sketch_[bucket_of(hash)] & bits_of(fingerprint_of(hash))) == bits_of(fingerprint_of(hash)) && probe(hash).first != nullptr; }
    [[nodiscard]] std::uint64_t bucket_of(std::uint64_t hash) const { return bucket_bits_ == 0 ? 0 : hash >> (64 - bucket_bits_); }
    [[nodiscard]] std::uint32_t fingerprint_of(std::uint64_t hash) const { return static_cast<std::uint32_t>((hash << bucket_bits_) >> 32); }
    static std::uint64_t bits_of(std::uint32_t fingerprint) { return std::uint64_t{1} << (fingerprint & 63) | std::uint64_t{1} << (fingerprint >> 6 & 63) | std::uint64_t{1} << (fingerprint >> 12 & 63); }
    [[nodiscard]] Result<Entry> record(std::uint64_t offset, std::uint64_t* next = nullptr) const;
    template <class Fits>
    Result<std::optional<Entry>> confirm(std::uint64_t hash, const Fits& fits) const;
    [[nodiscard]] std::uint32_t narrowest(const Address& address) const;  // 0: none, else its number from 1

    std::unique_ptr<Bytes> bytes_;
    std::uint64_t seed_ = 0, count_ = 0, network_count_ = 0, offsets_at_ = 0, networks_at_ = 0, records_end_ = 0, patterns_at_ = 0;
    int bucket_bits_ = 0;
    std::vector<std::uint32_t> fingerprints_, buckets_, starts4_, narrow4_, narrow6_;
    std::vector<std::uint64_t> sketch_;  // of each bucket: three bits of each fingerprint
    std::vector<Address> starts6_;
    std::vector<std::uint32_t> first_bytes_;  // where the starts of each upper half of an IPv4 address begin
    std::vector<std::uint64_t> kinds_ = std::vector<std::uint64_t>(kKinds);
};

}  // namespace vg::detect::indicator
