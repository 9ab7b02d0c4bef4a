#include "store/archive/snapshot.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "store/archive/ask_rows.h"
#include "store/archive/columns.h"

namespace vg::store::archive {

bool SegmentFacts::may_hold(const std::vector<OrganisationId>& wanted) const {
    if (many_organisations) return true;
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const OrganisationId& one) { return std::binary_search(organisations.begin(), organisations.end(), one); });
}

SegmentFile::~SegmentFile() {
    if (!dropped_) return;
    filter_.reset();
    for (const std::string& file : {path(), filter_path()})
        if (disk_->exists(file))
            if (const Status removed = disk_->remove(file); !removed)
                log::warn("archive: a file that is needed no more could not be removed; the next start tries again", {{"reason", removed.error().text}});
}

Result<std::shared_ptr<const FilterView>> SegmentFile::filter() const {
    const std::lock_guard lock{mutex_};
    if (filter_) return filter_;
    if (!filter_error_.empty()) return fail(Code::corrupt, filter_error_);
    if (facts.filter_bytes == 0) return fail(Code::not_found, format("segment {} has no filter", facts.name));
    auto opened = FilterView::open(*disk_, filter_path());
    if (!opened) {
        if (opened.error().code == Code::corrupt) filter_error_ = opened.error().text;
        return fail(std::move(opened).error());
    }
    filter_ = std::move(*opened);
    return filter_;
}

Result<std::shared_ptr<const parquet::Layout>> SegmentFile::layout() const {
    const std::lock_guard lock{mutex_};
    if (layout_) return layout_;
    if (layout_error_) return fail(*layout_error_);
    const auto file = TRY(open());
    auto read = read_segment_layout(*file);
    if (!read) {
        if (read.error().code == Code::corrupt || read.error().code == Code::bad_input) layout_error_ = read.error();
        return fail(std::move(read).error());
    }
    layout_ = std::move(*read);
    return layout_;
}

Result<std::shared_ptr<const TailTable>> TailTable::make(std::shared_ptr<duck::Database> database, std::uint64_t number) {
    const std::string name = format("tail_{}", number);
    duck::Connection connection = TRY(database->connect());
    TRY(connection.run(create_table(name)));
    return std::shared_ptr<const TailTable>{new TailTable{std::move(database), name}};
}

TailTable::~TailTable() {
    auto connection = database_->connect();
    if (!connection) return;  // the database is going as well
    if (const Status dropped = connection->run("DROP TABLE " + name_); !dropped)
        log::warn("archive: a table of the tail could not be dropped", {{"reason", dropped.error().text}});
}

}  // namespace vg::store::archive
