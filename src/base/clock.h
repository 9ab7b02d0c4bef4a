// Time as everything here keeps it: whole microseconds since 1970-01-01 00:00 UTC. Only the server reads the real
// clock; every other room is handed a Clock or takes the time from the event.
#pragma once

#include <compare>
#include <cstdint>

namespace vg {

struct Time {
    std::int64_t micros = 0;
    friend auto operator<=>(const Time&, const Time&) = default;
};

struct Span {
    std::int64_t micros = 0;
    friend auto operator<=>(const Span&, const Span&) = default;
};

constexpr Span microseconds(std::int64_t n) { return {n}; }
constexpr Span milliseconds(std::int64_t n) { return {n * 1'000}; }
constexpr Span seconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Span minutes(std::int64_t n) { return seconds(n * 60); }
constexpr Span hours(std::int64_t n) { return minutes(n * 60); }
constexpr Span days(std::int64_t n) { return hours(n * 24); }

constexpr Time operator+(Time t, Span s) { return {t.micros + s.micros}; }
constexpr Time operator-(Time t, Span s) { return {t.micros - s.micros}; }
constexpr Span operator-(Time a, Time b) { return {a.micros - b.micros}; }

class Clock {
public:
    virtual ~Clock() = default;
    // Wall time. May step back.
    virtual Time now() = 0;
};

// For tests: stands still until moved.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Time start) : now_(start) {}
    Time now() override { return now_; }
    void move(Span by) { now_ = now_ + by; }
    void set(Time to) { now_ = to; }

private:
    Time now_;
};

}  // namespace vg
