#include "edge/live_tag.h"

#include <algorithm>
#include <string_view>

#include "flv/body_reader.h"

namespace weir::edge {
namespace {

bool is_metadata(ByteView body) {
  static constexpr std::string_view kStart("\x02\x00\x0aonMetaData", 13);
  return as_text(body).starts_with(kStart);
}

bool is_header(const flv::BodyPart& part) {
  using enum flv::BodyKind;
  return part.kind == kConfiguration || part.kind == kTsDescriptor || part.kind == kMetadata ||
         part.kind == kChannelMapping;
}

}  // namespace

TagRole role_of(const flv::TagView& tag) {
  if (tag.body.empty()) return {};
  if (tag.type == flv::TagType::kScript)
    return is_metadata(tag.body) ? TagRole{TagUse::kHeader, {tag.type, 0, 0}}
                                 : TagRole{TagUse::kOther, {}};
  const auto parts = flv::read_body(tag);
  if (!parts) return {TagUse::kDamaged, {}};
  if (parts->empty()) return {};
  const auto& first = parts->front();
  if (std::all_of(parts->begin(), parts->end(), is_header))
    return {TagUse::kHeader, {tag.type, static_cast<int>(first.kind), first.track}};
  if (first.kind != flv::BodyKind::kFrame) return {TagUse::kOther, {}};
  const bool key = tag.type == flv::TagType::kVideo &&
                   std::all_of(parts->begin(), parts->end(), [](const auto& p) { return p.key; });
  return {key ? TagUse::kKey : TagUse::kFrame, {}};
}

}  // namespace weir::edge
