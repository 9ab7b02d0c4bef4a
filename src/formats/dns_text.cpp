#include "formats/dns_text.h"

#include "formats/text_scan.h"

namespace vg::formats {

void add_question(std::string_view name, std::string_view type, std::string_view klass, Parsed& parsed) {
    event::Builder& builder = parsed.builder;
    if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
    put(builder, event::Ecs::dns_question_name, name);
    put(builder, event::Ecs::dns_question_type, type);
    put(builder, event::Ecs::dns_question_class, klass);
    builder.ecs(event::Ecs::network_protocol, "dns");
    parsed.logsource = {.categories = {"dns", "dns_query"}, .service = parsed.logsource.service, .complete = true};
}

}  // namespace vg::formats
