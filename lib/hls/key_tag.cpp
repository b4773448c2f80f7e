#include "hls/key_tag.h"

#include <algorithm>

#include <fmt/format.h>

namespace weir::hls {
namespace {

// In a quoted-string there is no escape; in a URI these have one.
std::string quotable(const std::string& uri) {
  std::string out;
  for (const char c : uri) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || byte <= 0x20 || byte == 0x7f)
      out += fmt::format("%{:02X}", byte);
    else
      out += c;
  }
  return out;
}

}  // namespace

int version_of(const KeyTag& tag) {
  if (tag.method == KeyTag::Method::kSampleAes || !tag.format.empty()) return 5;
  return tag.iv ? 2 : 1;
}

std::string attributes_of(const KeyTag& tag) {
  std::string out = fmt::format("METHOD={},URI=\"{}\"",
                                tag.method == KeyTag::Method::kAes128 ? "AES-128" : "SAMPLE-AES",
                                quotable(tag.uri));
  if (tag.iv) out += fmt::format(",IV=0x{:02x}", fmt::join(*tag.iv, ""));
  if (!tag.format.empty())
    out += fmt::format(",KEYFORMAT=\"{}\",KEYFORMATVERSIONS=\"1\"", tag.format);
  return out;
}

}  // namespace weir::hls
