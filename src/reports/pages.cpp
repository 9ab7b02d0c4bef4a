#include "reports/pages.h"

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>

#include "base/text.h"
#include "reports/clean.h"

namespace vg::reports {

namespace {

// NĐ 30/2020, Phụ lục I: margins of 20 to 25 mm above and below, 30 to 35 mm left, 15 to 20 mm right.
constexpr double kTop = 20 * kPointsPerMillimetre, kBottom = kPageHeight - 20 * kPointsPerMillimetre, kLeft = 30 * kPointsPerMillimetre, kWidth = kPageWidth - kLeft - 15 * kPointsPerMillimetre;
constexpr double kIndent = 10 * kPointsPerMillimetre, kBetween = 6;
constexpr double kBody = 13, kHead = 12, kMottoSize = 13, kTitle = 14, kNoteSize = 12, kRecipients = 11, kCell = 12, kNarrowCell = 11, kMarkSize = 11;
constexpr double kLineSpread = 1.08;  // between single and 1.5 lines
constexpr double kPadding = 3, kThin = 0.6, kRoomForNext = 80, kRoomToSign = 62;
constexpr double kLeftShare = 0.40;   // of the head: the agency's column
constexpr const char* kFamily = "Liberation Serif, Times New Roman, serif";

std::mutex pages_lock;  // fontconfig and font maps are shared by the process

// pango would start fontconfig in a thread of its own, where the few bytes that it never gives back cannot be told from a leak of ours.
void start_fonts() {
#ifdef __SANITIZE_ADDRESS__
    const __lsan::ScopedDisabler its_own;
#endif
    FcInit();
}

template <class T>
struct Unref {
    void operator()(T* object) const { g_object_unref(object); }
};
using Layout = std::unique_ptr<PangoLayout, Unref<PangoLayout>>;

double points(int units) { return static_cast<double>(units) / PANGO_SCALE; }

struct Style {
    double size = kBody;
    bool bold = false, italic = false;
    Align align = Align::left;
    double indent = 0;  // of the first line; below 0 of the others
};

// One line of a layout, as it stands in it.
struct Line {
    PangoLayoutLine* line = nullptr;  // of the layout
    double x = 0, baseline = 0, height = 0, width = 0;
};
std::vector<Line> lines_of(PangoLayout* layout) {
    std::vector<Line> out;
    PangoLayoutIter* at = pango_layout_get_iter(layout);
    do {
        PangoRectangle extents;
        pango_layout_iter_get_line_extents(at, nullptr, &extents);
        int from = 0, to = 0;
        pango_layout_iter_get_line_yrange(at, &from, &to);
        out.push_back({.line = pango_layout_iter_get_line_readonly(at), .x = points(extents.x), .baseline = points(pango_layout_iter_get_baseline(at) - from), .height = points(to - from) * kLineSpread, .width = points(extents.width)});
    } while (pango_layout_iter_next_line(at) != 0);
    pango_layout_iter_free(at);
    return out;
}
double height_of(const std::vector<Line>& lines) {
    double out = 0;
    for (const Line& line : lines) out += line.height;
    return out;
}
double width_of(const std::vector<Line>& lines) {
    double out = 0;
    for (const Line& line : lines) out = std::max(out, line.width);
    return out;
}

struct SetText {
    Layout layout;
    std::vector<Line> lines;
};

class Setter {
public:
    explicit Setter(const Paper& paper) : paper_(paper), map_(pango_cairo_font_map_new()) {
        pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map_.get()), 72);
        context_.reset(pango_font_map_create_context(map_.get()));
        cairo_font_options_t* options = cairo_font_options_create();
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
        pango_cairo_context_set_font_options(context_.get(), options);
        cairo_font_options_destroy(options);
        pango_context_set_language(context_.get(), pango_language_from_string("vi"));
        pango_context_set_base_dir(context_.get(), PANGO_DIRECTION_LTR);
    }

    Result<std::size_t> set(const Document& document) {
        PangoFontFamily** families = nullptr;
        int count = 0;
        pango_font_map_list_families(map_.get(), &families, &count);
        g_free(families);
        if (count == 0) return fail(Code::unavailable, "there is no font to set documents in; install the package fonts-liberation22");
        TRY(new_page());
        if (!document.mark.empty()) TRY(flow(text({{document.mark, false, true}}, kWidth, {.size = kMarkSize, .align = Align::right}), kLeft, 0));
        if (!document.mark.empty()) y_ += 4;
        TRY(head(document));
        for (const Block& block : document.blocks) {
            // A signature does not stand on a page without a sentence of what it signs.
            const auto* last = &block == &document.blocks.back() ? std::get_if<Paragraph>(&block) : nullptr;
            if (last != nullptr && y_ > kTop && y_ + kBetween + height_of(text(last->runs, kWidth, {}).lines) + signature_height(document) > kBottom) TRY(new_page());
            TRY(std::visit([&](const auto& one) { return set_block(one); }, block));
        }
        TRY(foot(document));
        TRY(paper_.end(page_));
        return page_;
    }

private:
    SetText text(const std::vector<Run>& runs, double width, const Style& style) {
        SetText out{.layout = Layout{pango_layout_new(context_.get())}, .lines = {}};
        PangoLayout* layout = out.layout.get();
        std::string all;
        PangoAttrList* attributes = pango_attr_list_new();
        pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
        for (const Run& run : runs) {
            const auto from = static_cast<guint>(all.size());
            all += run.text;
            for (PangoAttribute* attribute : {run.bold ? pango_attr_weight_new(PANGO_WEIGHT_BOLD) : nullptr, run.italic ? pango_attr_style_new(PANGO_STYLE_ITALIC) : nullptr}) {
                if (attribute == nullptr) continue;
                attribute->start_index = from;
                attribute->end_index = static_cast<guint>(all.size());
                pango_attr_list_insert(attributes, attribute);
            }
        }
        PangoFontDescription* font = pango_font_description_from_string(kFamily);
        pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
        pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
        pango_font_description_set_style(font, style.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
        pango_layout_set_font_description(layout, font);
        pango_font_description_free(font);
        pango_layout_set_auto_dir(layout, FALSE);
        pango_layout_set_width(layout, static_cast<int>(width * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_indent(layout, static_cast<int>(style.indent * PANGO_SCALE));
        pango_layout_set_justify(layout, style.align == Align::justified);
        pango_layout_set_alignment(layout, style.align == Align::centred ? PANGO_ALIGN_CENTER : style.align == Align::right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
        pango_layout_set_attributes(layout, attributes);
        pango_attr_list_unref(attributes);
        pango_layout_set_text(layout, all.data(), static_cast<int>(all.size()));
        out.lines = lines_of(layout);
        return out;
    }

    Status new_page() {
        if (page_ > 0) TRY(paper_.end(page_));
        if (++page_ > kMostPages) return fail(Code::too_large, format("the document has more than {} pages; make several", kMostPages));
        cairo_ = paper_.begin(page_);
        y_ = kTop;
        if (page_ == 1) return {};
        const SetText number = text({{std::to_string(page_)}}, kWidth, {.size = kBody, .align = Align::centred});
        draw(number.lines.front(), kLeft, kTop - 9 * kPointsPerMillimetre);
        return {};
    }

    void draw(const Line& line, double x, double y) {
        if (cairo_ == nullptr) return;
        cairo_move_to(cairo_, x + line.x, y + line.baseline);
        pango_cairo_show_layout_line(cairo_, line.line);
    }
    void draw_all(const SetText& text, double x, double y) {
        for (const Line& line : text.lines) {
            draw(line, x, y);
            y += line.height;
        }
    }
    void rule(double x1, double y1, double x2, double y2) {
        if (cairo_ == nullptr) return;
        cairo_set_line_width(cairo_, kThin);
        cairo_move_to(cairo_, x1, y1);
        cairo_line_to(cairo_, x2, y2);
        cairo_stroke(cairo_);
    }

    // Lines one below the other, on as many pages as it takes. Neither the first nor the last line of several stands alone.
    Status flow(const SetText& text, double x, double before) {
        const std::size_t count = text.lines.size();
        if (y_ > kTop) y_ += before;
        for (std::size_t i = 0; i < count; ++i) {
            const double height = text.lines[i].height;
            const bool two = count > 1 && (i == 0 || i + 2 == count);
            if (y_ > kTop && y_ + (two ? 2 : 1) * height > kBottom) TRY(new_page());
            draw(text.lines[i], x, y_);
            y_ += height;
        }
        return {};
    }

    Status head(const Document& document) {
        const double left = kWidth * kLeftShare, right = kWidth - left, right_at = kLeft + left;
        const double top = y_;
        double left_y = top, right_y = top;
        const auto place = [&](const SetText& one, double x, double& y) {
            draw_all(one, x, y);
            y += height_of(one.lines);
        };
        if (!document.parent_agency.empty()) place(text({{upper(document.parent_agency)}}, left, {.size = kHead, .align = Align::centred}), kLeft, left_y);
        const SetText agency = text({{document.agency.empty() ? "………………………" : upper(document.agency)}}, left, {.size = kHead, .bold = true, .align = Align::centred});
        place(agency, kLeft, left_y);
        // A third to a half of the text, below it in the middle.
        const double short_line = std::min(width_of(agency.lines) * 0.4, left * 0.4);
        rule(kLeft + (left - short_line) / 2, left_y + 2, kLeft + (left + short_line) / 2, left_y + 2);
        place(text({{std::string{kNation}}}, right, {.size = kHead, .bold = true, .align = Align::centred}), right_at, right_y);
        const SetText motto = text({{std::string{kMotto}}}, right, {.size = kMottoSize, .bold = true, .align = Align::centred});
        place(motto, right_at, right_y);
        const double long_line = width_of(motto.lines);
        rule(right_at + (right - long_line) / 2, right_y + 2, right_at + (right + long_line) / 2, right_y + 2);
        left_y = right_y = std::max(left_y, right_y) + 8;
        place(text({{number_line(document)}}, left, {.size = kBody, .align = Align::centred}), kLeft, left_y);
        if (document.title.empty() && !document.subject.empty()) {
            left_y += kBetween;
            place(text({{"V/v " + document.subject}}, left - 10, {.size = kHead, .align = Align::centred}), kLeft + 5, left_y);
        }
        if (!document.urgency.empty()) {
            left_y += kBetween + kPadding;
            const SetText urgency = text({{upper(document.urgency)}}, left, {.size = kBody, .bold = true, .align = Align::centred});
            const double half = width_of(urgency.lines) / 2 + 8, middle = kLeft + left / 2, above = left_y - kPadding, below = left_y + height_of(urgency.lines) + kPadding - 1;
            place(urgency, kLeft, left_y);
            rule(middle - half, above, middle + half, above);
            rule(middle - half, below, middle + half, below);
            rule(middle - half, above, middle - half, below);
            rule(middle + half, above, middle + half, below);
            left_y += kPadding;
        }
        place(text({{document.place_and_date}}, right, {.size = kBody, .italic = true, .align = Align::centred}), right_at, right_y);
        y_ = std::max(left_y, right_y) + 14;
        if (!document.title.empty()) {
            TRY(flow(text({{upper(document.title)}}, kWidth, {.size = kTitle, .bold = true, .align = Align::centred}), kLeft, 0));
            if (!document.subject.empty()) {
                const SetText subject = text({{document.subject}}, kWidth * 0.86, {.size = kTitle, .bold = true, .align = Align::centred});
                TRY(flow(subject, kLeft + kWidth * 0.07, 0));
                const double line = width_of(subject.lines) * 0.4;
                rule(kLeft + (kWidth - line) / 2, y_ + 2, kLeft + (kWidth + line) / 2, y_ + 2);
            }
            y_ += 12;
        }
        return addressees(document);
    }

    Status addressees(const Document& document) {
        if (document.addressees.empty()) return {};
        const std::vector<std::string> lines = address_lines(document);
        if (lines.size() == 1) {
            TRY(flow(text({{"Kính gửi: " + lines.front()}}, kWidth * 0.84, {.align = Align::centred}), kLeft + kWidth * 0.08, kBetween));
        } else {
            TRY(flow(text({{"Kính gửi:"}}, kWidth, {}), kLeft + 2 * kIndent, kBetween));
            for (const std::string& line : lines) TRY(flow(text({{line}}, kWidth - 4 * kIndent, {.indent = -8}), kLeft + 4 * kIndent, 1));
        }
        y_ += 8;
        return {};
    }

    Status set_block(const Paragraph& block) {
        const SetText set = text(block.runs, kWidth, {.align = block.align, .indent = block.indented ? kIndent : 0});
        if (block.keep && y_ > kTop && y_ + kBetween + height_of(set.lines) + kRoomForNext > kBottom) TRY(new_page());
        return flow(set, kLeft, kBetween);
    }

    Status set_block(const Item& block) {
        std::vector<Run> runs{{block.label + " ", !block.runs.empty() && block.runs.front().bold, false}};
        runs.insert(runs.end(), block.runs.begin(), block.runs.end());
        return flow(text(runs, kWidth, {.align = Align::justified, .indent = kIndent}), kLeft, kBetween);
    }

    Status set_block(const Boxes& block) {
        if (block.boxes.empty()) return {};
        constexpr double kBox = 9.5, kGap = 16;
        const double first = kLeft + kIndent, across = block.in_one_line ? (kWidth - kIndent) / static_cast<double>(block.boxes.size()) : kWidth - kIndent;
        std::vector<SetText> texts;
        double tallest = 0;
        for (const Boxes::Box& box : block.boxes) {
            texts.push_back(text({{box.text}}, std::max(across - kGap - 4, 20.0), {}));
            tallest = std::max(tallest, height_of(texts.back().lines));
        }
        if (y_ > kTop) y_ += 4;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const double height = block.in_one_line ? tallest : height_of(texts[i].lines);
            if ((i == 0 || !block.in_one_line) && y_ > kTop && y_ + std::min(height, kBottom - kTop) > kBottom) TRY(new_page());
            const double x = block.in_one_line ? first + static_cast<double>(i) * across : first;
            const Line& line = texts[i].lines.front();
            if (cairo_ != nullptr) {
                cairo_set_line_width(cairo_, 0.8);
                cairo_rectangle(cairo_, x, y_ + line.baseline - kBox + 1, kBox, kBox);
                cairo_stroke(cairo_);
            }
            // A letter, so that whoever reads the text alone sees it too.
            if (block.boxes[i].ticked) {
                const SetText tick = text({{"x", true, false}}, kBox, {.align = Align::centred});
                draw(tick.lines.front(), x, y_ + line.baseline - tick.lines.front().baseline);
            }
            draw_all(texts[i], x + kGap, y_);
            if (!block.in_one_line || i + 1 == texts.size()) y_ += height;
        }
        return {};
    }

    struct Row {
        std::vector<SetText> cells;
        [[nodiscard]] double height() const {
            double out = 0;
            for (const SetText& cell : cells) out = std::max(out, height_of(cell.lines));
            return out + 2 * kPadding;
        }
    };
    struct Grid {
        std::vector<double> widths;
        std::vector<Align> aligns;
        double size = kCell;
    };
    Row row(const std::vector<std::string>& cells, const Grid& grid, bool head, bool bold) {
        Row out;
        for (std::size_t i = 0; i < cells.size(); ++i)
            out.cells.push_back(text({{cells[i]}}, std::max(grid.widths[i] - 2 * kPadding, 8.0), {.size = grid.size, .bold = head || bold, .align = head ? Align::centred : grid.aligns[i]}));
        return out;
    }
    // A row, or the part of it that has room on this page: `from` is the next line of each cell. True: it is done.
    bool set_part(const Row& row, const Grid& grid, std::vector<std::size_t>& from) {
        const double top = y_;
        double lowest = top;
        bool done = true;
        double x = kLeft;
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            double y = top + kPadding;
            const std::vector<Line>& lines = row.cells[i].lines;
            const std::size_t first = from[i];
            while (from[i] < lines.size() && (y + lines[from[i]].height + kPadding <= kBottom || (from[i] == first && top <= kTop + 1))) {
                draw(lines[from[i]], x + kPadding, y);
                y += lines[from[i]].height;
                ++from[i];
            }
            done = done && from[i] == lines.size();
            lowest = std::max(lowest, y + kPadding);
            x += grid.widths[i];
        }
        x = kLeft;
        for (std::size_t i = 0; i <= grid.widths.size(); ++i) {
            rule(x, top, x, lowest);
            if (i < grid.widths.size()) x += grid.widths[i];
        }
        rule(kLeft, top, x, top);
        rule(kLeft, lowest, x, lowest);
        y_ = lowest;
        return done;
    }
    Status set_row(const Row& row, const Row* header, const Grid& grid) {
        const double height = row.height(), above = header == nullptr ? 0 : header->height();
        const auto next_page = [&]() -> Status {
            TRY(new_page());
            if (header == nullptr) return {};
            std::vector<std::size_t> from(header->cells.size(), 0);
            set_part(*header, grid, from);
            return {};
        };
        if (y_ + height > kBottom && y_ > kTop && (height <= kBottom - kTop - above || y_ + 3 * grid.size > kBottom)) TRY(next_page());
        std::vector<std::size_t> from(row.cells.size(), 0);
        while (!set_part(row, grid, from)) TRY(next_page());
        return {};
    }

    Status set_block(const Table& block) {
        double shares = 0;
        bool has_head = false;
        for (const Table::Column& column : block.columns) shares += column.width, has_head = has_head || !column.head.empty();
        Grid grid{.widths = {}, .aligns = {}, .size = block.columns.size() > 5 ? kNarrowCell : kCell};
        std::vector<std::string> heads;
        for (const Table::Column& column : block.columns) {
            grid.widths.push_back(kWidth * column.width / shares);
            grid.aligns.push_back(column.align);
            heads.push_back(column.head);
        }
        if (y_ > kTop) y_ += kBetween;
        const Row header = row(heads, grid, true, false);
        // A head that would fill the page is no head of each page.
        const bool repeats = has_head && header.height() < (kBottom - kTop) / 3;
        if (has_head) {
            // Not alone at the end of a page.
            if (repeats && y_ + header.height() + 2 * grid.size > kBottom) TRY(new_page());
            TRY(set_row(header, nullptr, grid));
        }
        // A label in the first row does not stand alone either.
        if (!has_head && block.rows.size() > 1 && y_ > kTop && y_ + row(block.rows[0], grid, false, false).height() + std::min(row(block.rows[1], grid, false, false).height(), kRoomForNext) > kBottom) TRY(new_page());
        for (std::size_t i = 0; i < block.rows.size(); ++i) TRY(set_row(row(block.rows[i], grid, false, block.last_is_total && i + 1 == block.rows.size()), repeats ? &header : nullptr, grid));
        y_ += 2;
        return {};
    }

    // About, with what stands between it and the text.
    static double signature_height(const Document& document) {
        const Signature& signs = document.signature;
        if (signs.authority.empty() && signs.title.empty() && signs.name.empty()) return 0;
        return 14 + kRoomToSign + 16.5 * ((signs.authority.empty() ? 0 : 1) + (signs.title.empty() ? 0 : 1) + 1);
    }

    // Who gets it on the left, who signs on the right: on one page.
    Status foot(const Document& document) {
        const double left = kWidth * 0.46, right = kWidth - left, right_at = kLeft + left;
        std::vector<SetText> recipients, signature;
        if (!document.recipients.empty()) {
            recipients.push_back(text({{"Nơi nhận:", true, true}}, left, {.size = kNoteSize}));
            for (const std::string& line : recipient_lines(document)) recipients.push_back(text({{line}}, left - 6, {.size = kRecipients, .indent = -6}));
        }
        const Signature& signs = document.signature;
        for (const std::string* line : {&signs.authority, &signs.title})
            if (!line->empty()) signature.push_back(text({{upper(*line)}}, right, {.bold = true, .align = Align::centred}));
        double right_height = 0;
        for (const SetText& one : signature) right_height += height_of(one.lines);
        const bool is_signed = !signature.empty() || !signs.name.empty();
        const SetText name = text({{signs.name}}, right, {.bold = true, .align = Align::centred});
        if (is_signed) right_height += kRoomToSign + height_of(name.lines);
        if (y_ > kTop) y_ += 14;
        if (y_ > kTop && y_ + right_height > kBottom) TRY(new_page());
        double y = y_;
        for (const SetText& one : signature) {
            draw_all(one, right_at, y);
            y += height_of(one.lines);
        }
        if (is_signed) draw_all(name, right_at, y + kRoomToSign);
        // The list of recipients may be longer than a page.
        for (const SetText& one : recipients) TRY(flow(one, kLeft, 0));
        return {};
    }

    const Paper& paper_;
    std::unique_ptr<PangoFontMap, Unref<PangoFontMap>> map_;
    std::unique_ptr<PangoContext, Unref<PangoContext>> context_;
    cairo_t* cairo_ = nullptr;
    std::size_t page_ = 0;
    double y_ = kTop;
};

}  // namespace

Result<std::size_t> set_pages(const Document& document, const Paper& paper) {
    const std::lock_guard lock{pages_lock};
    start_fonts();
    return Setter{paper}.set(document);
}

}  // namespace vg::reports
