// BinXml, the binary XML of Windows events: one record's bytes to a tree of elements. Bounded in depth, elements and
// bytes of text, because templates let a small record unfold without end.
// Source: MS-EVEN6 section 3.1.4.7, and J. Metz, "Windows XML Event Log (EVTX) format", section 4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace vg::formats::evtx {

// A value as it stands in JSON: `text` is quoted when it is a string, and stands as it is otherwise.
struct Scalar {
    enum class Kind : std::uint8_t { string, bare, null };
    std::string text;
    Kind kind = Kind::null;
};

struct Attribute {
    std::string_view name;
    Scalar value;
};

struct Element {
    std::string_view name;
    std::vector<Attribute> attributes;
    std::vector<std::uint32_t> children;  // indices into the tree
    std::vector<Scalar> values;           // its text; several when it holds an array
};

// One typed value of a record: the type's number of MS-EVEN6 and its bytes.
struct TypedValue {
    std::uint8_t type = 0;
    std::string_view bytes;
};
// Appends the value as the Windows event viewer shows it: arrays give several. False: the bytes do not fit the type.
bool to_scalars(TypedValue value, std::vector<Scalar>& to);

// The records of one chunk, which share its names.
class ChunkXml {
public:
    // `chunk` outlives this.
    explicit ChunkXml(std::string_view chunk) : chunk_(chunk) {}

    // Reads the BinXml at [begin, end) of the chunk. The tree is valid until the next call; element 0 holds the
    // document, with the event as its child.
    Result<const std::vector<Element>*> read(std::size_t begin, std::size_t end);

private:
    struct Cursor {
        std::size_t at = 0;
        std::size_t end = 0;
    };
    using Values = std::vector<TypedValue>;

    bool content(Cursor& cursor, const Values* values, std::uint32_t parent, int depth, bool nested);
    bool element(Cursor& cursor, const Values* values, std::uint32_t parent, int depth, bool nested);
    bool attribute(Cursor& cursor, const Values* values, std::uint32_t owner);
    bool template_instance(Cursor& cursor, std::uint32_t parent, int depth);
    // Text of a token within an element or attribute, appended to `to`. `handled` is false for other tokens.
    bool text(Cursor& cursor, const Values* values, std::vector<Scalar>& to, TypedValue* nested, bool& handled);
    bool name(Cursor& cursor, std::string_view& to);
    const std::string* name_at(std::size_t offset);
    bool utf16(Cursor& cursor, std::string& to);

    template <class T>
    bool take(Cursor& cursor, T& to);
    bool spend(std::size_t bytes);
    bool broken(std::string_view why);

    std::string_view chunk_;
    std::unordered_map<std::uint32_t, std::string> names_;
    std::vector<Element> tree_;
    std::size_t used_ = 0;   // elements of tree_ in use: their memory is kept for the next record
    std::size_t spent_ = 0;  // bytes of text so far
    std::string why_;
};

// Appends the event as JSON in evtx_dump's shape: {"Event":{"System":{...},"EventData":{...}}}.
void to_json(const std::vector<Element>& tree, std::string& out);

}  // namespace vg::formats::evtx
