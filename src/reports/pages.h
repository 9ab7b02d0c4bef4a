// Pages: a Document set in type, by pango and cairo. The same pages become PDF and pictures. Room-internal; one caller at a time.
#pragma once

#include <cstddef>
#include <functional>

#include "reports/document.h"

using cairo_t = struct _cairo;  // of cairo.h

namespace vg::reports {

inline constexpr double kPointsPerMillimetre = 72 / 25.4;
inline constexpr double kPageWidth = 210 * kPointsPerMillimetre, kPageHeight = 297 * kPointsPerMillimetre;

// What pages are drawn on. Pages begin and end in order; units are points.
struct Paper {
    std::function<cairo_t*(std::size_t page)> begin;  // from 1; null: the page is counted and not drawn
    std::function<Status(std::size_t page)> end;
};

// How many pages there are. The document is a cleaned one (clean.h). Errors: too_large, unavailable, those of Paper::end.
Result<std::size_t> set_pages(const Document& document, const Paper& paper);

}  // namespace vg::reports
