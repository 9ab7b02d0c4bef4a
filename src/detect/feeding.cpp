#include "detect/feeding.h"

namespace vg::detect {

bool feeds(const event::Logsource& source, const RuleInfo& rule) {
    if (!rule.product.empty() && rule.product != source.product) return false;
    if (!rule.service.empty() && !source.in_service(rule.service)) return false;
    return rule.category.empty() || source.in_category(rule.category);
}

}  // namespace vg::detect
