// XML as far as this library writes it: elements, attributes and text.
// Source: Extensible Markup Language (XML) 1.0, fifth edition, sections 2.4, 3.1 and 4.6.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir::publish {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string, std::less<>> attributes;
  std::vector<XmlElement> children;
  std::string text;  ///< Between its tags, that of all pieces together.

  /// "" when it is not there.
  std::string_view attribute(std::string_view key) const;
  /// The first child of that name, or nullptr.
  const XmlElement* child(std::string_view key) const;
};

/// The one element of a document, perhaps behind an XML declaration. kBadInput for what is damaged,
/// nested too deep, or of another form (comments, CDATA, processing instructions). Any bytes are
/// safe.
Result<XmlElement> parse_xml(std::string_view text);

}  // namespace weir::publish
