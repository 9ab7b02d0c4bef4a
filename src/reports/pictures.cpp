// A document as PDF and as pictures of its pages.
#include <cairo-pdf.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "base/time.h"
#include "reports/clean.h"
#include "reports/pages.h"

namespace vg::reports {

namespace {

struct DestroyCairo {
    void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using Surface = std::unique_ptr<cairo_surface_t, DestroyCairo>;
using Cairo = std::unique_ptr<cairo_t, DestroyCairo>;

constexpr std::size_t kMostBytes = std::size_t{256} << 20;  // of a file that is made

cairo_status_t write_bytes(void* closure, const unsigned char* data, unsigned int length) {
    auto& out = *static_cast<std::string*>(closure);
    if (out.size() + length > kMostBytes) return CAIRO_STATUS_WRITE_ERROR;
    out.append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
}

Status check_cairo(cairo_status_t status) {
    if (status == CAIRO_STATUS_SUCCESS) return {};
    return fail(Code::unavailable, format("the pages could not be drawn: {}", cairo_status_to_string(status)));
}

std::string title_of(const Document& document) {
    if (document.title.empty()) return document.subject;
    return document.subject.empty() ? document.title : document.title + " " + document.subject;
}

}  // namespace

Result<std::string> to_pdf(const Document& document) {
    const Document clean = TRY(cleaned(document));
    std::string out;
    const Surface surface{cairo_pdf_surface_create_for_stream(write_bytes, &out, kPageWidth, kPageHeight)};
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, title_of(clean).c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_AUTHOR, clean.agency.c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR, "Vọng Gác");
    // Without it the time of the machine would stand there.
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, to_rfc3339(Time{clean.made.micros / 1'000'000 * 1'000'000}).c_str());
    const Cairo cairo{cairo_create(surface.get())};
    TRY(set_pages(clean, {.begin = [&](std::size_t) { return cairo.get(); },
                          .end = [&](std::size_t) -> Status {
                              cairo_show_page(cairo.get());
                              return check_cairo(cairo_status(cairo.get()));
                          }}));
    cairo_surface_finish(surface.get());
    TRY(check_cairo(cairo_surface_status(surface.get())));
    return out;
}

Result<std::vector<std::string>> to_pngs(const Document& document, const Pictures& pictures) {
    const Document clean = TRY(cleaned(document));
    const std::size_t first = std::max<std::size_t>(pictures.first, 1), last = first + std::clamp<std::size_t>(pictures.most, 1, 50) - 1;
    const double scale = std::clamp(pictures.dpi, 30.0, 300.0) / 72;
    std::vector<std::string> out;
    Surface surface;
    Cairo cairo;
    const Status set = set_pages(clean, {.begin = [&](std::size_t page) -> cairo_t* {
                                             cairo.reset();
                                             surface.reset();
                                             if (page < first || page > last) return nullptr;
                                             surface.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(kPageWidth * scale + 0.5), static_cast<int>(kPageHeight * scale + 0.5)));
                                             cairo.reset(cairo_create(surface.get()));
                                             cairo_set_source_rgb(cairo.get(), 1, 1, 1);
                                             cairo_paint(cairo.get());
                                             cairo_set_source_rgb(cairo.get(), 0, 0, 0);
                                             cairo_scale(cairo.get(), scale, scale);
                                             return cairo.get();
                                         },
                                         .end = [&](std::size_t) -> Status {
                                             if (!surface) return {};
                                             TRY(check_cairo(cairo_status(cairo.get())));
                                             return check_cairo(cairo_surface_write_to_png_stream(surface.get(), write_bytes, &out.emplace_back()));
                                         }})
                           .map([](std::size_t) {});
    TRY(set);
    return out;
}

Result<std::size_t> page_count(const Document& document) {
    const Document clean = TRY(cleaned(document));
    return set_pages(clean, {.begin = [](std::size_t) -> cairo_t* { return nullptr; }, .end = [](std::size_t) -> Status { return {}; }});
}

}  // namespace vg::reports
