#include <algorithm>
#include <utility>

#include "base/text.h"
#include "formats/evtx.h"
#include "formats/format.h"
#include "formats/joiner.h"
#include "formats/journal_export.h"

namespace vg::formats {

namespace {

constexpr std::size_t kMostRecord = std::size_t{16} << 20;
constexpr std::size_t kMostDamage = 100;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Follows the nesting of JSON text byte by byte.
struct Nesting {
    std::size_t depth = 0;
    bool quoted = false;
    bool escaped = false;

    // True when the byte closed the outermost bracket.
    bool step(char c) {
        if (quoted) {
            if (escaped) escaped = false;
            else if (c == '\\') escaped = true;
            else if (c == '"') quoted = false;
            return false;
        }
        if (c == '"') quoted = true;
        if (c == '{' || c == '[') ++depth;
        if ((c == '}' || c == ']') && depth > 0) return --depth == 0;
        return false;
    }
};

// What the file's first bytes show it to be.
enum class Shape : std::uint8_t { unknown, evtx, lines, documents, array, journal };

class FileSplitter final : public Splitter {
public:
    FileSplitter(std::string_view format, KeepRecord keep) : format_(format), keep_(std::move(keep)) {}

    Status feed(std::string_view bytes) override {
        if (begun_) {
            take(bytes);
            return {};
        }
        held_.append(bytes);
        if (held_.size() >= 8) begin();
        return {};
    }

    Result<FileReport> finish() override {
        if (!begun_) begin();
        if (shape_ == Shape::unknown && !stopped_ && recognise(true)) go_on(std::exchange(held_, {}));
        if (!stopped_) {
            if (evtx_ != nullptr) evtx_->finish();
            if (shape_ == Shape::lines) end_line({});
            if (joiner_ != nullptr) joined([this](const Joiner::Keep& keep) { joiner_->finish(keep); });
            else keep_with_held_back({});
            if (shape_ == Shape::journal && !trim(held_).empty()) entry(held_);
            if (shape_ == Shape::documents || shape_ == Shape::array) end_documents();
        }
        return std::move(report_);
    }

private:
    // What the first eight bytes say: EVTX, or text in which encoding.
    void begin() {
        begun_ = true;
        const std::string first = std::exchange(held_, {});
        std::size_t mark = 0;
        if (first.starts_with(std::string_view{"ElfFile\0", 8})) {
            shape_ = Shape::evtx;
            evtx_ = std::make_unique<EvtxReader>([this](std::string_view event) { return keep(event, "windows"); }, [this](std::string reason) { damage(std::move(reason)); });
        } else if (first.starts_with("\xFF\xFE") || first.starts_with("\xFE\xFF")) {
            utf16_ = first.starts_with("\xFF\xFE") ? Utf16::little : Utf16::big;
            mark = 2;
        } else if (first.starts_with("\xEF\xBB\xBF")) {
            mark = 3;
        }
        take(std::string_view{first}.substr(mark));
    }

    void take(std::string_view bytes) {
        if (stopped_) return;
        std::string text;
        if (utf16_ != Utf16::none) {
            text = narrow(bytes);
            bytes = text;
        }
        if (shape_ != Shape::unknown) {
            go_on(bytes);
            return;
        }
        held_.append(bytes);
        if (recognise(false)) go_on(std::exchange(held_, {}));
    }

    // Decides how text is laid out, by its begin; false: more bytes are needed.
    bool recognise(bool at_end) {
        held_.erase(0, std::min(held_.find_first_not_of(" \t\r\n"), held_.size()));
        // A bound of its own, so that the answer does not depend on how the bytes came.
        const std::string_view text = std::string_view{held_}.substr(0, kMostRecord);
        if (text.empty()) {
            if (at_end) shape_ = Shape::lines;
            return at_end;
        }
        if (text.front() == '[') {
            constexpr std::size_t kLook = 4096;
            const std::string_view head = text.substr(0, kLook);
            std::size_t next = 1;
            while (next < head.size() && is_blank(head[next])) ++next;
            if (next == head.size() && !at_end && head.size() < kLook) return false;
            const char c = next < head.size() ? head[next] : '\0';
            shape_ = c == '{' || c == '[' || c == ']' || c == '"' ? Shape::array : Shape::lines;
            return true;
        }
        if (text.front() != '{') {
            constexpr std::string_view kCursor = "__CURSOR=";
            if (text.size() < kCursor.size() && kCursor.starts_with(text) && !at_end) return false;
            shape_ = text.starts_with(kCursor) ? Shape::journal : Shape::lines;
            return true;
        }
        // One line, one document: lines, each by itself, so that a broken one costs only itself.
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos && !at_end && text.size() < kMostRecord) return false;
        Nesting nesting;
        std::size_t closed = std::string_view::npos;
        for (std::size_t i = 0; i < std::min(end, text.size()); ++i)
            if (nesting.step(text[i])) {
                closed = i;
                break;
            }
        const bool whole = closed != std::string_view::npos && trim(text.substr(closed + 1, std::min(end, text.size()) - closed - 1)).empty();
        shape_ = whole ? Shape::lines : Shape::documents;
        return true;
    }

    void go_on(std::string_view bytes) {
        if (shape_ == Shape::evtx) {
            evtx_->feed(bytes);
            if (evtx_->stopped()) stopped_ = true;
            return;
        }
        if (shape_ == Shape::lines) lines(bytes);
        else if (shape_ == Shape::journal) entries(bytes);
        else documents(bytes);
    }

    void entries(std::string_view bytes) {
        held_.append(bytes);
        std::size_t at = 0;
        while (!stopped_) {
            while (at < held_.size() && held_[at] == '\n') ++at;
            bool broken = false;
            const auto size = journal_entry_size(std::string_view{held_}.substr(at), broken);
            if (!size) break;
            if (broken) damage(format("record {}: no journal entry", report_.records + 1));
            entry(std::string_view{held_}.substr(at, *size));
            at += *size;
        }
        held_.erase(0, at);
        if (held_.size() <= kMostRecord) return;
        damage(format("record {}: longer than 16 MB", report_.records + 1));
        stopped_ = true;  // where the next entry begins is not known
    }
    void entry(std::string_view bytes) { keep(bytes, "journald"); }

    // Hands lines to the joiner, and keeps what it gives.
    template <class Give>
    void joined(Give give) {
        give([this](std::string_view record) { return stopped_ || keep(record, format_); });
        if (auto reason = joiner_->take_damage(); !reason.empty()) damage(format("after record {}: {}", report_.records, reason));
    }

    void lines(std::string_view bytes) {
        while (!bytes.empty() && !stopped_) {
            const std::size_t end = bytes.find('\n');
            if (end == std::string_view::npos) {
                hold(bytes);
                return;
            }
            end_line(bytes.substr(0, end));
            bytes.remove_prefix(end + 1);
        }
    }

    void end_line(std::string_view rest) {
        if (too_long_) {
            too_long_ = false;
            held_.clear();
            return;
        }
        std::string_view line = rest;
        if (!held_.empty()) {
            hold(rest);
            if (too_long_) {
                too_long_ = false;
                return;
            }
            line = held_;
        }
        if (line.size() > kMostRecord) {
            damage(format("record {}: longer than 16 MB", report_.records + 1));
        } else {
            while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
            if (!looked_ && !trim(line).empty()) look_for_joiner(line);
            if (joiner_ != nullptr) joined([&](const Joiner::Keep& keep) { joiner_->line(line, keep); });
            else if (!looked_ && line.starts_with('#')) held_back_.emplace_back(line);
            else if (!trim(line).empty()) keep_with_held_back(line);
        }
        held_.clear();
    }

    void keep_with_held_back(std::string_view line) {
        for (const std::string& remark : std::exchange(held_back_, {}))
            if (!stopped_) keep(remark, format_);
        if (!stopped_ && !line.empty()) keep(line, format_);
    }

    // Asks by the first line that is no remark; the remarks before it belong to what follows them.
    void look_for_joiner(std::string_view line) {
        joiner_ = joiner_for(line, format_);
        looked_ = joiner_ != nullptr || !line.starts_with('#') || ++remarks_ > 16;
    }

    // Keeps the begin of a record until its end comes.
    void hold(std::string_view bytes) {
        if (too_long_) return;
        if (held_.size() + bytes.size() > kMostRecord) {
            damage(format("record {}: longer than 16 MB", report_.records + 1));
            held_.clear();
            held_.shrink_to_fit();
            too_long_ = true;
            return;
        }
        held_.append(bytes);
    }

    // Documents one behind the other, or the elements of one array. A document that never closes ends where a line
    // begins with the bracket of the next.
    void documents(std::string_view bytes) {
        std::size_t begin = 0;  // of the document in hand, within bytes
        for (std::size_t i = 0; i < bytes.size() && !stopped_; ++i) {
            const char c = bytes[i];
            const bool inside = nesting_.depth > 0 || nesting_.quoted;
            if (!inside) {
                if (c == '{' || (c == '[' && (shape_ == Shape::documents || in_array_)) || (shape_ == Shape::array && in_array_ && c == '"')) {
                    begin = i;
                    stray(bytes.substr(0, 0));
                    nesting_.step(c);
                    scalar_ = c == '"';
                } else if (shape_ == Shape::array && !in_array_ && c == '[') {
                    in_array_ = true;
                } else if (shape_ == Shape::array && c == ']') {
                    in_array_ = false;
                } else if (c != ',' && !is_blank(c)) {
                    stray({&bytes[i], 1});
                }
                last_ = c;
                continue;
            }
            if (last_ == '\n' && c == '{' && !scalar_ && shape_ == Shape::documents) {
                close(bytes.substr(begin, i - begin), true);
                nesting_ = {};
                begin = i;
                nesting_.step(c);
                last_ = c;
                continue;
            }
            if (c == '\n' && nesting_.quoted) nesting_.quoted = nesting_.escaped = false;  // no string goes over a line
            const bool closed = nesting_.step(c);
            last_ = c;
            if (closed || (scalar_ && !nesting_.quoted)) {
                scalar_ = false;
                close(bytes.substr(begin, i + 1 - begin), false);
                begin = i + 1;
            }
        }
        if ((nesting_.depth > 0 || nesting_.quoted) && !stopped_) hold(bytes.substr(begin));
    }

    void close(std::string_view rest, bool broken) {
        if (too_long_) {
            too_long_ = false;
            return;
        }
        std::string_view document = rest;
        if (!held_.empty()) {
            hold(rest);
            if (too_long_) {
                too_long_ = false;
                return;
            }
            document = held_;
        }
        if (broken) damage(format("record {}: a bracket is not closed", report_.records + 1));
        document = trim(document);
        if (document.size() > kMostRecord) damage(format("record {}: longer than 16 MB", report_.records + 1));
        else keep(document, format_);
        held_.clear();
    }

    // Bytes between documents that do not belong there: named once each time, not kept as records.
    void stray(std::string_view bytes) {
        if (bytes.empty()) {
            strayed_ = false;
            return;
        }
        if (!strayed_) damage(format("after record {}: bytes that are no JSON document", report_.records));
        strayed_ = true;
    }

    void end_documents() {
        if (nesting_.depth > 0 || nesting_.quoted) close({}, true);
        else if (in_array_) damage("the array is not closed");
    }

    bool keep(std::string_view raw, std::string_view format) {
        ++report_.records;
        if (!keep_(report_.records, raw, format)) stopped_ = true;
        return !stopped_;
    }

    void damage(std::string reason) {
        if (report_.damage.size() < kMostDamage) report_.damage.push_back(std::move(reason));
    }

    enum class Utf16 : std::uint8_t { none, little, big };
    std::string narrow(std::string_view bytes) {
        wide_.append(bytes);
        std::size_t whole = wide_.size() & ~std::size_t{1};
        if (whole >= 2) {  // a pair of units must not be torn
            const auto high = static_cast<std::uint8_t>(wide_[utf16_ == Utf16::little ? whole - 1 : whole - 2]);
            if (high >= 0xD8 && high < 0xDC) whole -= 2;
        }
        std::string text = from_utf16(std::string_view{wide_}.substr(0, whole), utf16_ == Utf16::big);
        wide_.erase(0, whole);
        return text;
    }

    std::string format_;
    KeepRecord keep_;
    FileReport report_;
    Shape shape_ = Shape::unknown;
    std::unique_ptr<EvtxReader> evtx_;
    std::unique_ptr<Joiner> joiner_;
    bool looked_ = false;  // whether the first line was asked if it needs one
    std::size_t remarks_ = 0;
    std::vector<std::string> held_back_;  // lines that begin with #, while it is not known what they belong to
    std::string held_;   // of the record in hand
    std::string wide_;   // UTF-16 not yet converted
    Utf16 utf16_ = Utf16::none;
    Nesting nesting_;
    char last_ = '\n';
    bool scalar_ = false;
    bool in_array_ = false;
    bool too_long_ = false;
    bool strayed_ = false;
    bool stopped_ = false;
    bool begun_ = false;
};

}  // namespace

std::unique_ptr<Splitter> split_file(std::string_view format, KeepRecord keep) { return std::make_unique<FileSplitter>(format, std::move(keep)); }

}  // namespace vg::formats
