#include "formats/evtx_xml.h"

#include "base/bytes.h"
#include "base/text.h"

namespace vg::formats::evtx {

namespace {

constexpr int kMostDepth = 48;
constexpr std::size_t kMostElements = 4096;             // of one record
constexpr std::size_t kMostText = std::size_t{4} << 20;  // bytes of one record's values
constexpr std::size_t kMostValues = 4096;                // of one template instance

// Tokens; bit 0x40 says that more data follows and is left out here.
enum Token : std::uint8_t {
    end_of_stream = 0x00,
    open_start_element = 0x01,
    close_start_element = 0x02,
    close_empty_element = 0x03,
    end_element = 0x04,
    value_text = 0x05,
    attribute_token = 0x06,
    cdata = 0x07,
    character_reference = 0x08,
    entity_reference = 0x09,
    pi_target = 0x0a,
    pi_data = 0x0b,
    template_token = 0x0c,
    normal_substitution = 0x0d,
    optional_substitution = 0x0e,
    fragment_header = 0x0f,
};
constexpr std::uint8_t kMore = 0x40;
constexpr std::uint8_t kTypeBinXml = 0x21;

// Joins pieces of text; the items of an array stay apart.
void append(std::vector<Scalar>& to, Scalar piece, bool alone) {
    if (to.empty() || alone || to.back().kind == Scalar::Kind::null) {
        if (!to.empty() && to.back().kind == Scalar::Kind::null && !alone) to.back() = std::move(piece);
        else to.push_back(std::move(piece));
        return;
    }
    if (piece.kind == Scalar::Kind::null) return;
    to.back().text += piece.text;
    to.back().kind = Scalar::Kind::string;
}

}  // namespace

bool ChunkXml::broken(std::string_view why) {
    if (why_.empty()) why_ = why;
    return false;
}

bool ChunkXml::spend(std::size_t bytes) {
    spent_ += bytes;
    return spent_ <= kMostText || broken("it unfolds to more than 4 MB");
}

template <class T>
bool ChunkXml::take(Cursor& cursor, T& to) {
    if (cursor.end - cursor.at < sizeof(T)) return broken("it ends in the middle of a token");
    to = pick<T>(chunk_, cursor.at);
    cursor.at += sizeof(T);
    return true;
}

bool ChunkXml::utf16(Cursor& cursor, std::string& to) {
    std::uint16_t units = 0;
    if (!take(cursor, units)) return false;
    const std::size_t size = std::size_t{units} * 2;
    if (cursor.end - cursor.at < size) return broken("a text is longer than the record");
    if (!spend(size)) return false;
    to = from_utf16(chunk_.substr(cursor.at, size));
    cursor.at += size;
    return true;
}

const std::string* ChunkXml::name_at(std::size_t offset) {
    const auto key = static_cast<std::uint32_t>(offset);
    if (const auto found = names_.find(key); found != names_.end()) return &found->second;
    if (offset > chunk_.size() || chunk_.size() - offset < 8) return nullptr;
    const std::size_t size = std::size_t{pick<std::uint16_t>(chunk_, offset + 6)} * 2;
    if (chunk_.size() - offset - 8 < size) return nullptr;
    return &names_.emplace(key, from_utf16(chunk_.substr(offset + 8, size))).first->second;
}

// A name's offset in the chunk; where it is used first, the name itself follows.
bool ChunkXml::name(Cursor& cursor, std::string_view& to) {
    std::uint32_t offset = 0;
    if (!take(cursor, offset)) return false;
    const std::string* found = name_at(offset);
    if (found == nullptr) return broken("a name lies outside of the chunk");
    to = *found;
    if (offset == cursor.at) {
        const std::size_t size = 8 + std::size_t{pick<std::uint16_t>(chunk_, offset + 6)} * 2 + 2;
        if (cursor.end - cursor.at < size) return broken("a name is longer than the record");
        cursor.at += size;
    }
    return true;
}

bool ChunkXml::text(Cursor& cursor, const Values* values, std::vector<Scalar>& to, TypedValue* nested, bool& handled) {
    const auto token = static_cast<std::uint8_t>(chunk_[cursor.at]);
    handled = true;
    switch (token & ~kMore) {
        case value_text: {
            ++cursor.at;
            std::uint8_t type = 0;
            if (!take(cursor, type)) return false;
            if (type != 1) return broken("a literal value is no string");
            Scalar piece{{}, Scalar::Kind::string};
            if (!utf16(cursor, piece.text)) return false;
            append(to, std::move(piece), false);
            return true;
        }
        case cdata: {
            ++cursor.at;
            Scalar piece{{}, Scalar::Kind::string};
            if (!utf16(cursor, piece.text)) return false;
            append(to, std::move(piece), false);
            return true;
        }
        case character_reference: {
            ++cursor.at;
            if (cursor.end - cursor.at < 2) return broken("it ends in the middle of a token");
            append(to, {from_utf16(chunk_.substr(cursor.at, 2)), Scalar::Kind::string}, false);
            cursor.at += 2;
            return true;
        }
        case entity_reference: {
            ++cursor.at;
            std::string_view entity;
            if (!name(cursor, entity)) return false;
            constexpr std::pair<std::string_view, std::string_view> kEntities[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
            std::string character = format("&{};", entity);
            for (const auto& [known, meaning] : kEntities)
                if (known == entity) character = meaning;
            append(to, {std::move(character), Scalar::Kind::string}, false);
            return true;
        }
        case normal_substitution:
        case optional_substitution: {
            ++cursor.at;
            std::uint16_t index = 0;
            std::uint8_t type = 0;
            if (!take(cursor, index) || !take(cursor, type)) return false;
            if (values == nullptr || index >= values->size()) return true;  // Windows shows nothing there
            const TypedValue value = (*values)[index];
            if (value.type == 0) {
                if (token == normal_substitution) append(to, {}, false);
                return true;
            }
            if (value.type == kTypeBinXml) {
                if (nested != nullptr) *nested = value;
                return true;
            }
            if (!spend(value.bytes.size())) return false;
            std::vector<Scalar> items;
            if (!to_scalars(value, items)) return broken(format("a value does not fit its type {:#04x}", value.type));
            const bool list = (value.type & 0x80) != 0;
            for (Scalar& item : items) append(to, std::move(item), list);
            return true;
        }
        default: handled = false; return true;
    }
}

bool ChunkXml::attribute(Cursor& cursor, const Values* values, std::uint32_t owner) {
    ++cursor.at;
    Attribute made;
    if (!name(cursor, made.name)) return false;
    std::vector<Scalar> pieces;
    for (bool handled = true; handled && cursor.at < cursor.end;)
        if (!text(cursor, values, pieces, nullptr, handled)) return false;
    for (Scalar& piece : pieces) {
        if (made.value.kind == Scalar::Kind::null) made.value = std::move(piece);
        else made.value.text += " " + piece.text;
    }
    if (tree_[owner].attributes.size() >= 256) return broken("an element has more than 256 attributes");
    if (made.value.kind != Scalar::Kind::null) tree_[owner].attributes.push_back(std::move(made));
    return true;
}

bool ChunkXml::element(Cursor& cursor, const Values* values, std::uint32_t parent, int depth, bool nested) {
    if (depth > kMostDepth) return broken("it is nested too deeply");
    const auto token = static_cast<std::uint8_t>(chunk_[cursor.at++]);
    const Cursor begin = cursor;
    std::uint16_t dependency = 0;
    std::uint32_t size = 0;
    if (!nested && !take(cursor, dependency)) return false;
    if (!take(cursor, size)) return false;
    // Some writers leave the dependency out of templates too; then these bytes make no sense as a size.
    if (!nested && size >= chunk_.size()) {
        cursor = begin;
        nested = true;
        if (!take(cursor, size)) return false;
    }
    std::string_view named;
    if (!name(cursor, named)) return false;
    if ((token & kMore) != 0) {
        std::uint32_t attributes = 0;
        if (!take(cursor, attributes)) return false;
    }
    if (used_ >= kMostElements) return broken("it has more than 4,096 elements");
    const auto index = static_cast<std::uint32_t>(used_++);
    if (tree_.size() < used_) tree_.emplace_back();
    tree_[index].name = named;
    tree_[index].attributes.clear();
    tree_[index].children.clear();
    tree_[index].values.clear();
    tree_[parent].children.push_back(index);
    while (cursor.at < cursor.end && (chunk_[cursor.at] & ~kMore) == attribute_token)
        if (!attribute(cursor, values, index)) return false;
    if (cursor.at >= cursor.end) return broken("an element is not closed");
    const auto close = static_cast<std::uint8_t>(chunk_[cursor.at++]);
    if (close == close_empty_element) return true;
    if (close != close_start_element) return broken(format("an unknown token {:#04x}", close));
    return content(cursor, values, index, depth, nested);
}

bool ChunkXml::content(Cursor& cursor, const Values* values, std::uint32_t parent, int depth, bool nested) {
    while (cursor.at < cursor.end) {
        const auto token = static_cast<std::uint8_t>(chunk_[cursor.at]);
        switch (token & ~kMore) {
            case end_of_stream: ++cursor.at; return true;
            case end_element: ++cursor.at; return true;
            case fragment_header:
                if (cursor.end - cursor.at < 4) return broken("it ends in the middle of a token");
                cursor.at += 4;
                break;
            case open_start_element:
                if (!element(cursor, values, parent, depth + 1, nested)) return false;
                break;
            case template_token:
                if (!template_instance(cursor, parent, depth + 1)) return false;
                break;
            case pi_target: {
                ++cursor.at;
                std::string_view ignored;
                if (!name(cursor, ignored)) return false;
                break;
            }
            case pi_data: {
                ++cursor.at;
                std::string ignored;
                if (!utf16(cursor, ignored)) return false;
                break;
            }
            default: {
                bool handled = false;
                TypedValue inner;
                if (!text(cursor, values, tree_[parent].values, &inner, handled)) return false;
                if (!handled) return broken(format("an unknown token {:#04x}", token));
                if (inner.type == kTypeBinXml) {
                    if (depth > kMostDepth) return broken("it is nested too deeply");
                    const auto at = static_cast<std::size_t>(inner.bytes.data() - chunk_.data());
                    Cursor inside{at, at + inner.bytes.size()};
                    if (!content(inside, nullptr, parent, depth + 1, true)) return false;
                }
                break;
            }
        }
    }
    return true;
}

bool ChunkXml::template_instance(Cursor& cursor, std::uint32_t parent, int depth) {
    if (depth > kMostDepth) return broken("it is nested too deeply");
    ++cursor.at;
    std::uint8_t unknown = 0;
    std::uint32_t id = 0;
    std::uint32_t offset = 0;
    if (!take(cursor, unknown) || !take(cursor, id) || !take(cursor, offset)) return false;
    // The definition: next offset, GUID, size, then its BinXml.
    constexpr std::size_t kHead = 24;
    if (offset > chunk_.size() || chunk_.size() - offset < kHead) return broken("a template lies outside of the chunk");
    const std::size_t size = pick<std::uint32_t>(chunk_, offset + 20);
    if (chunk_.size() - offset - kHead < size) return broken("a template is longer than the chunk");
    if (offset == cursor.at) {
        if (cursor.end - cursor.at < kHead + size) return broken("a template is longer than the record");
        cursor.at += kHead + size;
    }
    std::uint32_t count = 0;
    if (!take(cursor, count)) return false;
    if (count > kMostValues || cursor.end - cursor.at < std::size_t{count} * 4) return broken("a template has more values than the record has bytes");
    Values values(count);
    std::size_t at = cursor.at + std::size_t{count} * 4;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::size_t bytes = pick<std::uint16_t>(chunk_, cursor.at + std::size_t{i} * 4);
        if (cursor.end - at < bytes) return broken("a value is longer than the record");
        values[i] = {static_cast<std::uint8_t>(chunk_[cursor.at + std::size_t{i} * 4 + 2]), chunk_.substr(at, bytes)};
        at += bytes;
    }
    cursor.at = at;
    Cursor inside{offset + kHead, offset + kHead + size};
    return content(inside, &values, parent, depth, false);
}

Result<const std::vector<Element>*> ChunkXml::read(std::size_t begin, std::size_t end) {
    used_ = 1;
    spent_ = 0;
    why_.clear();
    if (tree_.empty()) tree_.emplace_back();
    tree_[0].children.clear();
    tree_[0].values.clear();
    Cursor cursor{begin, std::min(end, chunk_.size())};
    if (!content(cursor, nullptr, 0, 0, false)) return fail(Code::bad_input, why_);
    if (tree_[0].children.empty()) return fail(Code::bad_input, "it holds no element");
    return &tree_;
}

}  // namespace vg::formats::evtx
