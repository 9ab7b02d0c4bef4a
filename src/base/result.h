// Errors are values: a function that can fail returns Result<T>, and its caller adds what it knows.
//
//   Result<Port> parse_port(std::string_view text);
//   Result<Listener> open(std::string_view text) {
//       Port port = TRY(parse_port(text));      // returns the error to our caller
//       return Listener{port};
//   }
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace vg {

enum class Code {
    bad_input,    // bytes, rule, request or setting that cannot be understood
    not_found,    // the named thing does not exist, or the asker may not know that it does
    denied,       // understood and refused
    conflict,     // the thing changed meanwhile, or exists already
    too_large,    // a bound on length, depth, count or time was reached
    busy,         // a queue is full or a lock is held: try again later
    unavailable,  // disk, network or peer failed: try again later
    corrupt,      // stored bytes do not agree with their checksum
    internal,     // our own bug, caught where it cannot hurt
};

// The name of a code as it stands in logs and problem documents, such as "bad_input".
std::string_view name_of(Code code);

struct Error {
    Code code = Code::internal;
    std::string text;  // one English sentence without a final stop: place, reason and remedy

    // The same error with a fact put before it: error.in("in mapping fortigate, line 12: ").
    [[nodiscard]] Error in(std::string_view fact) const {
        return Error{code, std::string{fact} + text};
    }
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(Code code, std::string text) {
    return tl::unexpected<Error>{Error{code, std::move(text)}};
}
inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>{std::move(error)};
}

namespace detail {
template <class T>
T take(Result<T>&& result) {
    return std::move(*result);
}
inline void take(Result<void>&&) {}
}  // namespace detail

}  // namespace vg

// The name of the temporary differs at each use, so that a TRY may stand inside the argument of another.
#define VG_TRY_NAME_OF(counter) try_result_##counter
#define VG_TRY_NAME(counter) VG_TRY_NAME_OF(counter)
#define VG_TRY(name, expression, returned)                            \
    __extension__({                                                   \
        auto name = (expression);                                     \
        if (!name) return ::tl::unexpected<::vg::Error>{returned};    \
        ::vg::detail::take(std::move(name));                          \
    })
#define VG_TRY_PLAIN(name, expression) VG_TRY(name, expression, std::move(name).error())
#define VG_TRY_WITH(name, fact, expression) VG_TRY(name, expression, name.error().in(fact))

// Gives the value of a Result, or returns its error from the enclosing function.
#define TRY(expression) VG_TRY_PLAIN(VG_TRY_NAME(__COUNTER__), expression)
// The same, with a fact put before the error's text: TRY_IN("in settings: ", load(path)).
#define TRY_IN(fact, expression) VG_TRY_WITH(VG_TRY_NAME(__COUNTER__), fact, expression)
