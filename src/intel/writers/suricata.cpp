// Suricata's datasets (one value a line; strings in base64, hashes in hexadecimal, addresses as they are) and its reputation of
// addresses (ADDRESS,CATEGORY,SCORE). As its user guide has them: rules/datasets and reputation/ipreputation.
#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "intel/writers/writer.h"

namespace vg::intel {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";

bool is_v6(std::string_view address) { return address.find(':') != std::string_view::npos; }

bool put_line(std::string_view value, std::string& text) {
    text += value;
    text += '\n';
    return true;
}

Written write_domains(std::span<const Entry> entries, const WriteOptions& options) {
    return write_each(entries, options, [](const Entry& entry, std::string& text) { return entry.kind == Kind::domain && put_line(to_base64(entry.text), text); });
}

// What http.uri.raw sees is only the path; the whole address stands in http.url of later versions and in logs.
Written write_urls(std::span<const Entry> entries, const WriteOptions& options) {
    return write_each(entries, options, [](const Entry& entry, std::string& text) { return entry.kind == Kind::url && !entry.text.starts_with("//") && put_line(to_base64(entry.text), text); });
}

Written write_ipv4(std::span<const Entry> entries, const WriteOptions& options) {
    return write_each(entries, options, [](const Entry& entry, std::string& text) { return entry.kind == Kind::address && !is_v6(entry.text) && put_line(entry.text, text); });
}

Written write_ip(std::span<const Entry> entries, const WriteOptions& options) {
    return write_each(entries, options, [](const Entry& entry, std::string& text) { return entry.kind == Kind::address && put_line(entry.text, text); });
}

template <std::size_t digits>
Written write_hashes(std::span<const Entry> entries, const WriteOptions& options) {
    return write_each(entries, options, [](const Entry& entry, std::string& text) { return entry.kind == Kind::hash && entry.text.size() == digits && put_line(entry.text, text); });
}

Written write_iprep(std::span<const Entry> entries, const WriteOptions& options) {
    return write_each(entries, options, [&](const Entry& entry, std::string& text) {
        if (entry.kind != Kind::address && entry.kind != Kind::network) return false;
        // 1 to 127 is their scale; what the sender did not say is the middle.
        const int score = std::clamp(entry.confidence.value_or(50) * 127 / 100, 1, 127);
        return put_line(format("{},{},{}", entry.text, options.category, score), text);
    });
}

}  // namespace

extern const Writer suricata_dataset_domain{.name = "suricata-dataset-domain", .content_type = kText, .about = "a dataset of type string: names, for dns.query and tls.sni", .write = write_domains};
extern const Writer suricata_dataset_ip{.name = "suricata-dataset-ip", .content_type = kText, .about = "a dataset of type ip: addresses of both versions", .write = write_ip};
extern const Writer suricata_dataset_ipv4{.name = "suricata-dataset-ipv4", .content_type = kText, .about = "a dataset of type ipv4", .write = write_ipv4};
extern const Writer suricata_dataset_md5{.name = "suricata-dataset-md5", .content_type = kText, .about = "a dataset of type md5", .write = write_hashes<32>};
extern const Writer suricata_dataset_sha256{.name = "suricata-dataset-sha256", .content_type = kText, .about = "a dataset of type sha256", .write = write_hashes<64>};
extern const Writer suricata_dataset_url{.name = "suricata-dataset-url", .content_type = kText, .about = "a dataset of type string: whole URLs", .write = write_urls};
extern const Writer suricata_iprep{.name = "suricata-iprep", .content_type = kText, .about = "reputation of addresses and networks: ADDRESS,CATEGORY,SCORE", .write = write_iprep};

}  // namespace vg::intel
