#include "intel/files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "base/text.h"
#include "store/disk.h"

namespace vg::intel {

namespace {
constexpr std::size_t kMostFileBytes = std::size_t{1} << 30, kMostRefused = 1'000, kMostFolderFiles = 100'000;
}

std::vector<Item> items_of(const Reading& reading) {
    std::vector<Item> items;
    items.reserve(reading.entries.size());
    for (const Entry& entry : reading.entries) {
        Item item{.value = {entry.kind, entry.text, 0}, .family = entry.family, .tlp = entry.tlp, .from = entry.from, .until = entry.until};
        if (entry.confidence) item.confidence = *entry.confidence;
        items.push_back(std::move(item));
    }
    return items;
}

Reading read_any(std::string_view bytes, std::string_view name) { return reader_for(bytes, name).read({.bytes = bytes, .name = name}); }

std::string told(const Refused& refused) {
    return refused.line > 0 ? format("line {}: {}", refused.line, refused.reason) : refused.place.empty() ? refused.reason : format("{}: {}", refused.place, refused.reason);
}

Result<FileSet> read_files(const std::vector<std::string>& paths, std::uint64_t seed) {
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    for (const std::string& path : paths) {
        std::error_code error;
        if (fs::is_directory(path, error)) {
            for (fs::recursive_directory_iterator at{path, fs::directory_options::skip_permission_denied, error}, end; !error && at != end && files.size() < kMostFolderFiles; at.increment(error))
                if (at->is_regular_file(error)) files.push_back(at->path());
        } else {
            files.emplace_back(path);
        }
    }
    std::sort(files.begin(), files.end());
    FileSet out;
    std::map<Value, std::vector<indicator::Attribution>> known;
    for (const fs::path& file : files) {
        const std::string text = TRY(store::read_whole(store::system_disk(), file.string(), kMostFileBytes));
        const Reading reading = read_any(text, file.string());
        const std::vector<Item> items = items_of(reading);
        for (const Item& item : items) {
            indicator::Attribution one;
            one.list = file.filename().string();
            one.family = item.family.empty() ? file.stem().string() : item.family;
            if (item.confidence) one.confidence = static_cast<std::uint8_t>(std::clamp(*item.confidence, 0, 100));
            one.tlp = item.tlp.value_or(Tlp::amber);
            one.until = item.until.value_or(indicator::kAlways);  // since when it is known says nothing about old logs
            auto& by = known[item.value];
            if (std::none_of(by.begin(), by.end(), [&](const indicator::Attribution& other) { return other.family == one.family; })) by.push_back(std::move(one));
        }
        out.refused_count += reading.refused;
        for (const Refused& refused : reading.refusals)
            if (out.refused.size() < kMostRefused) out.refused.emplace_back(file.string(), told(refused));
    }
    std::string bytes;
    indicator::Writer writer{seed, [&](std::string_view more) {
                                 bytes += more;
                                 return Status{};
                             }};
    for (const auto& [value, by] : known) TRY(writer.add({value, by}));
    TRY(writer.finish());
    out.values = known.size();
    out.set = indicator::Set::make("files", TRY(indicator::Table::open(indicator::in_memory(std::move(bytes)))), nullptr);
    return out;
}

}  // namespace vg::intel
