// What a tag means to those who join a stream in its middle.
#pragma once

#include <cstdint>
#include <tuple>

#include "flv/tag.h"

namespace weir::edge {

/// A header replaces the one before it with the same id: type, kind and number of the track.
using HeaderId = std::tuple<flv::TagType, int, int>;

enum class TagUse {
  kHeader,   ///< onMetaData, or what a decoder needs before its frames.
  kKey,      ///< A picture a viewer may begin with.
  kFrame,    ///< Another picture, or sound.
  kOther,    ///< Further data: cue points, texts, ends of sequence.
  kNothing,  ///< Empty, as some senders keep a connection alive with.
  kDamaged,
};

struct TagRole {
  TagUse use = TagUse::kNothing;
  HeaderId header{};  ///< Of kHeader.
};

TagRole role_of(const flv::TagView& tag);

}  // namespace weir::edge
