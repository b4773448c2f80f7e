#include "publish/xml_element.h"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::publish {
namespace {

constexpr int kDeepest = 16;
constexpr std::string_view kSpace = " \t\r\n";

/// Once something was wrong, ok() stays false and nothing more is read.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  XmlElement document() {
    skip_space();
    if (take("<?xml")) {
      const auto end = rest_.find("?>");
      need(end != rest_.npos);
      if (ok_) rest_.remove_prefix(end + 2);
    }
    skip_space();
    XmlElement out = element(0);
    skip_space();
    need(rest_.empty());
    return out;
  }
  bool ok() const { return ok_; }

 private:
  XmlElement element(int depth) {
    XmlElement out;
    need(depth < kDeepest && take("<"));
    out.name = name();
    while (ok_ && !at("/") && !at(">")) attribute(out);
    if (take("/>") || !ok_) return out;
    need(take(">"));
    content(out, depth);
    need(name() == out.name);
    skip_space();
    need(take(">"));
    return out;
  }
  // Up to the name in its end tag.
  void content(XmlElement& out, int depth) {
    while (ok_) {
      const auto next = std::min(rest_.find('<'), rest_.size());
      out.text += plain(rest_.substr(0, next));
      rest_.remove_prefix(next);
      if (take("</")) return;
      out.children.push_back(element(depth + 1));
    }
  }
  void attribute(XmlElement& to) {
    need(skip_space());
    if (at("/") || at(">")) return;
    std::string key = name();
    need(take("=\""));
    const auto end = rest_.find('"');
    need(end != rest_.npos);
    if (!ok_) return;
    need(to.attributes.emplace(std::move(key), plain(rest_.substr(0, end))).second);
    rest_.remove_prefix(end + 1);
  }
  std::string name() {
    const auto end = std::min(rest_.find_first_of(" \t\r\n/>=<\"&"), rest_.size());
    need(end > 0);
    std::string out(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return out;
  }
  std::string plain(std::string_view text) {
    using Entity = std::pair<std::string_view, char>;
    constexpr std::array kEntities{Entity{"&amp;", '&'}, Entity{"&lt;", '<'}, Entity{"&gt;", '>'},
                                   Entity{"&quot;", '"'}, Entity{"&apos;", '\''}};
    std::string out;
    while (!text.empty()) {
      const auto entity = std::find_if(kEntities.begin(), kEntities.end(),
                                       [&](const Entity& e) { return text.starts_with(e.first); });
      const bool known = entity != kEntities.end();
      need(known || (text.front() != '&' && text.front() != '<'));
      out += known ? entity->second : text.front();
      text.remove_prefix(known ? entity->first.size() : 1);
    }
    return out;
  }
  bool at(std::string_view what) const { return ok_ && rest_.starts_with(what); }
  bool take(std::string_view what) {
    if (!at(what)) return false;
    rest_.remove_prefix(what.size());
    return true;
  }
  bool skip_space() {
    const auto count = std::min(rest_.find_first_not_of(kSpace), rest_.size());
    rest_.remove_prefix(count);
    return count > 0;
  }
  void need(bool condition) { ok_ = ok_ && condition; }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::string_view XmlElement::attribute(std::string_view key) const {
  const auto found = attributes.find(key);
  return found == attributes.end() ? std::string_view() : std::string_view(found->second);
}

const XmlElement* XmlElement::child(std::string_view key) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const XmlElement& each) { return each.name == key; });
  return found == children.end() ? nullptr : &*found;
}

Result<XmlElement> parse_xml(std::string_view text) {
  Reader reader(text);
  XmlElement out = reader.document();
  if (!reader.ok()) return fail(Code::kBadInput, "it is no XML of this library");
  return out;
}

}  // namespace weir::publish
