// The tree of one event as JSON, in the shape that evtx_dump made common.
#include "base/json.h"
#include "formats/evtx_xml.h"

namespace vg::formats::evtx {

namespace {

class Writer {
public:
    Writer(const std::vector<Element>& tree, std::string& out) : tree_(&tree), out_(&out) {}

    void element(const Element& element, bool data_name_is_key) {
        bool first = true;
        auto begin = [&](std::string_view key) {
            *out_ += first ? '{' : ',';
            first = false;
            json::quote(*out_, key);
            *out_ += ':';
        };
        bool with_attributes = false;
        for (const Attribute& attribute : element.attributes) {
            if (attribute.name == "xmlns" || (data_name_is_key && attribute.name == "Name")) continue;
            if (!with_attributes) {
                begin("#attributes");
                *out_ += '{';
            } else {
                *out_ += ',';
            }
            with_attributes = true;
            json::quote(*out_, attribute.name);
            *out_ += ':';
            scalar(attribute.value);
        }
        if (with_attributes) *out_ += '}';
        children(element, begin);
        if (!first && !element.values.empty()) {
            begin("#text");
            values(element);
        }
        if (first) values(element);
        else *out_ += '}';
    }

private:
    // <Data Name="Image"> is the member Image.
    static std::string_view key_of(const Element& element, bool& from_name) {
        from_name = false;
        if (element.name == "Data")
            for (const Attribute& attribute : element.attributes)
                if (attribute.name == "Name" && !attribute.value.text.empty()) {
                    from_name = true;
                    return attribute.value.text;
                }
        return element.name;
    }

    // Elements of one name become an array.
    template <class Begin>
    void children(const Element& parent, Begin& begin) {
        const auto& list = parent.children;
        std::vector<bool> done(list.size());
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (done[i]) continue;
            bool from_name = false;
            const std::string_view key = key_of((*tree_)[list[i]], from_name);
            begin(key);
            bool array = false;
            const std::size_t start = out_->size();
            element((*tree_)[list[i]], from_name);
            for (std::size_t j = i + 1; j < list.size(); ++j) {
                bool other_from_name = false;
                if (done[j] || key_of((*tree_)[list[j]], other_from_name) != key) continue;
                done[j] = true;
                if (!array) out_->insert(start, 1, '[');
                array = true;
                *out_ += ',';
                element((*tree_)[list[j]], other_from_name);
            }
            if (array) *out_ += ']';
        }
    }

    void values(const Element& element) {
        if (element.values.empty()) {
            *out_ += "null";
        } else if (element.values.size() == 1) {
            scalar(element.values.front());
        } else {
            char separator = '[';
            for (const Scalar& value : element.values) {
                *out_ += separator;
                separator = ',';
                scalar(value);
            }
            *out_ += ']';
        }
    }

    void scalar(const Scalar& value) {
        switch (value.kind) {
            case Scalar::Kind::string: json::quote(*out_, value.text); return;
            case Scalar::Kind::bare: *out_ += value.text; return;
            case Scalar::Kind::null: *out_ += "null"; return;
        }
    }

    const std::vector<Element>* tree_;
    std::string* out_;
};

}  // namespace

void to_json(const std::vector<Element>& tree, std::string& out) { Writer{tree, out}.element(tree.front(), false); }

}  // namespace vg::formats::evtx
