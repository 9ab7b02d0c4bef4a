// The end of a Parquet file: its schema and where its column chunks are.
#include <algorithm>

#include "base/bytes.h"
#include "store/archive/parquet_format.h"
#include "store/archive/parquet_read.h"
#include "store/archive/parquet_thrift.h"

namespace vg::store::archive::parquet {

namespace {

constexpr std::size_t kMostFooter = std::size_t{256} << 20;
constexpr std::size_t kMostDepth = 16;
constexpr std::size_t kMostChunk = std::size_t{1} << 30;
constexpr std::size_t kMostRows = std::size_t{1} << 24;  // of a row group

struct Node {
    std::string name;
    std::int64_t type = -1, repetition = 0, children = 0;
};

Type type_of(std::int64_t physical) {
    switch (physical) {
        case 0: return Type::boolean;
        case 2: return Type::int64;
        case 6: return Type::byte_array;
        default: return Type::other;
    }
}

struct Leaf {
    std::string path;
    LeafInfo info;
};

// Walks the tree that stands in the list from above. False: it is no tree, or one that is deeper than ours.
bool walk(std::span<const Node> nodes, std::size_t& at, const std::string& above, LeafInfo info, std::size_t depth, std::vector<Leaf>& leaves) {
    if (at >= nodes.size() || depth > kMostDepth) return false;
    const Node& node = nodes[at++];
    if (depth > 0) {
        if (node.repetition != 0) ++info.definition;
        if (node.repetition == 2) {
            ++info.repetition;
            info.element = info.definition;
        }
    }
    const std::string path = depth == 0 ? "" : above.empty() ? node.name : above + "." + node.name;
    if (node.children <= 0) {
        info.type = type_of(node.type);
        info.known = true;
        leaves.push_back({path, info});
        return depth > 0;
    }
    for (std::int64_t child = 0; child < node.children; ++child)
        if (!walk(nodes, at, path, info, depth + 1, leaves)) return false;
    return true;
}

std::vector<Node> read_nodes(ThriftReader& in) {
    std::vector<Node> nodes;
    in.each_element([&] {
        Node node;
        in.each_field([&](int field) {
            switch (field) {
                case 1: node.type = in.integer(); break;
                case 3: node.repetition = in.integer(); break;
                case 4: node.name = in.text(); break;
                case 5: node.children = in.integer(); break;
                default: in.skip();
            }
        });
        nodes.push_back(std::move(node));
    });
    return nodes;
}

struct ReadChunk {
    std::int64_t values = 0, bytes = -1, data = -1, dictionary = -1, codec = -1, nulls = -1;
    std::string_view least, greatest;
};

void read_statistics(ThriftReader& in, ReadChunk& chunk) {
    in.each_field([&](int field) {
        switch (field) {
            case 3: chunk.nulls = in.integer(); break;
            case 5: chunk.greatest = in.text(); break;
            case 6: chunk.least = in.text(); break;
            default: in.skip();
        }
    });
}

ReadChunk read_chunk(ThriftReader& in) {
    ReadChunk chunk;
    in.each_field([&](int field) {
        if (field != 3) return in.skip();
        in.each_field([&](int part) {
            switch (part) {
                case 4: chunk.codec = in.integer(); break;
                case 5: chunk.values = in.integer(); break;
                case 7: chunk.bytes = in.integer(); break;
                case 9: chunk.data = in.integer(); break;
                case 11: chunk.dictionary = in.integer(); break;
                case 12: read_statistics(in, chunk); break;
                default: in.skip();
            }
        });
    });
    return chunk;
}

// Chunks stand in the order of the schema's leaves.
class Groups {
public:
    Groups(Layout& layout, std::span<const std::optional<std::uint16_t>> asked, std::uint64_t file_bytes) : layout_(&layout), asked_(asked), file_bytes_(file_bytes) {}

    void read(ThriftReader& in) {
        GroupInfo& group = layout_->groups.emplace_back();
        group.first_chunk = static_cast<std::uint32_t>(layout_->chunks.size());
        std::size_t column = 0;
        in.each_field([&](int field) {
            if (field == 1)
                in.each_element([&] { take(read_chunk(in), column++, group); });
            else if (field == 3)
                group.rows = number(in.integer(), kMostRows);
            else
                in.skip();
        });
        if (column != asked_.size()) well_ = false;
        group.chunks = static_cast<std::uint32_t>(layout_->chunks.size()) - group.first_chunk;
        const auto begin = layout_->chunks.begin() + group.first_chunk;
        std::sort(begin, layout_->chunks.end(), [](const ChunkInfo& a, const ChunkInfo& b) { return a.leaf < b.leaf; });
    }
    [[nodiscard]] bool well() const { return well_; }
    [[nodiscard]] bool readable() const { return readable_; }

private:
    std::uint32_t number(std::int64_t value, std::size_t most = kMostChunk) {
        if (value < 0 || value > static_cast<std::int64_t>(most)) well_ = false;
        return well_ ? static_cast<std::uint32_t>(value) : 0;
    }
    void take(const ReadChunk& chunk, std::size_t column, GroupInfo& group) {
        if (column >= asked_.size() || !asked_[column]) return;
        const std::uint16_t leaf = *asked_[column];
        if (leaf == 0 && chunk.least.size() == 8 && chunk.greatest.size() == 8) group.bounds.emplace(pick<std::int64_t>(chunk.least, 0), pick<std::int64_t>(chunk.greatest, 0));
        if (chunk.nulls >= 0 && chunk.nulls == chunk.values) return;
        std::int64_t begin = chunk.data;
        if (chunk.dictionary > 0) begin = std::min(begin, chunk.dictionary);
        if (begin < 0 || chunk.bytes < 0 || static_cast<std::uint64_t>(begin) > file_bytes_ || static_cast<std::uint64_t>(chunk.bytes) > file_bytes_ - static_cast<std::uint64_t>(begin)) well_ = false;
        if (chunk.codec != 0 && chunk.codec != 6) readable_ = false;
        layout_->chunks.push_back({.offset = static_cast<std::uint64_t>(begin), .bytes = number(chunk.bytes), .values = number(chunk.values), .leaf = leaf, .packed = chunk.codec == 6});
    }

    Layout* layout_;
    std::span<const std::optional<std::uint16_t>> asked_;  // per leaf of the file: which of those asked for it is
    std::uint64_t file_bytes_;
    bool well_ = true, readable_ = true;
};

}  // namespace

const ChunkInfo* Layout::chunk(std::size_t group, std::size_t leaf) const {
    const GroupInfo& info = groups[group];
    const auto begin = chunks.begin() + info.first_chunk, end = begin + info.chunks;
    const auto found = std::lower_bound(begin, end, leaf, [](const ChunkInfo& one, std::size_t wanted) { return one.leaf < wanted; });
    return found != end && found->leaf == leaf ? &*found : nullptr;
}

Result<std::shared_ptr<const Layout>> read_layout(const File& file, std::span<const std::string> leaves) {
    const std::uint64_t size = TRY(file.size());
    if (size < 12) return damaged("its length");
    const std::string end = TRY(file.read(size - 8, 8));
    if (end.size() != 8 || end.substr(4) != kMagic) return damaged("it does not end as one");
    const auto length = pick<std::uint32_t>(end, 0);
    if (length > kMostFooter || length > size - 12) return damaged("length of its footer");
    const std::string footer = TRY(file.read(size - 8 - length, length));
    if (footer.size() != length) return damaged("its length");

    auto layout = std::make_shared<Layout>();
    layout->leaves.resize(leaves.size());
    std::vector<std::optional<std::uint16_t>> asked;
    bool tree = false;
    std::optional<Groups> groups;
    ThriftReader in{footer};
    in.each_field([&](int field) {
        if (field == 2) {
            const std::vector<Node> nodes = read_nodes(in);
            std::vector<Leaf> found;
            std::size_t at = 0;
            tree = !in.failed() && walk(nodes, at, "", {}, 0, found) && at == nodes.size();
            for (const Leaf& leaf : found) {
                const auto same = std::find(leaves.begin(), leaves.end(), leaf.path);
                auto& of = asked.emplace_back();
                if (same == leaves.end()) continue;
                of = static_cast<std::uint16_t>(same - leaves.begin());
                layout->leaves[*of] = leaf.info;
            }
            groups.emplace(*layout, asked, size - 8 - length);
        } else if (field == 4 && tree) {
            in.each_element([&] { groups->read(in); });
        } else if (field == 6) {
            layout->even_pages = in.text() == kCreatedBy;
        } else {
            in.skip();
        }
    });
    if (in.failed() || !tree || !groups || !groups->well()) return damaged("its footer");
    if (!groups->readable()) return fail(Code::bad_input, "the Parquet file is packed in another way");
    layout->chunks.shrink_to_fit();
    layout->groups.shrink_to_fit();
    return layout;
}

}  // namespace vg::store::archive::parquet
