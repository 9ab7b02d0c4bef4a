// Literals: which of many literal texts stand in a text, found in one pass over it (Vectorscan). Immutable once made; any
// number of threads, each with a Pass of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct hs_database;
struct hs_scratch;

namespace vg::detect::sigma {

class Literals;

// Working memory of one thread for any number of Literals.
class Pass {
public:
    Pass() = default;
    ~Pass();
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    // To be called for each Literals that will be looked for, before the first look.
    void make_room(const Literals& literals);

private:
    friend class Literals;
    hs_scratch* scratch_ = nullptr;
};

class Literals {
public:
    // None of them empty. An error when the library refuses them (too many, too long).
    static Result<std::unique_ptr<Literals>> make(const std::vector<std::string>& texts);
    ~Literals();
    Literals(const Literals&) = delete;
    Literals& operator=(const Literals&) = delete;

    // Appends the index of each literal that the text holds, each once.
    void find(std::string_view text, Pass& pass, std::vector<std::uint32_t>& found) const;

private:
    friend class Pass;
    explicit Literals(hs_database* database) : database_(database) {}
    hs_database* database_;
};

}  // namespace vg::detect::sigma
