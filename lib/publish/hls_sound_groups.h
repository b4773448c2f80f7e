// Which sound tracks a player may take for each other, and which are different things to hear.
// Source: draft-pantos-hls-rfc8216bis section 4.4.6.1.1 (rendition groups); HLS authoring
// specification, rules 2.6, 2.7, 2.13 and 2.26.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "publish/hls_multivariant.h"

namespace weir::publish {

struct SoundMember {
  const RenditionEntry* entry = nullptr;
  std::string name;
  bool is_default = false;
  bool autoselect = false;
};

struct SoundGroup {
  std::string id;
  std::vector<SoundMember> members;

  std::vector<std::string> codecs() const;  ///< Each once.
  Rates worst() const;                      ///< The heaviest member's.
};

/// Tracks of the same language, label and characteristics are encodings of the same sound when
/// their codecs or channels differ, or when both have names, as those of a ladder do; each encoding
/// is a group. What has no such encoding stands in the group with another one of its own, so that
/// all groups offer the same, under the same names; but never in one whose codec more players can
/// play. One group is called "audio", several by their codecs.
/// The first sound that describes no pictures is the default, unless another was chosen. Of those a
/// player may choose from by itself no two are for the same listener.
std::vector<SoundGroup> sound_groups(const std::vector<RenditionEntry>& renditions);

/// Whether there is but one thing to hear.
bool is_one_sound(const std::vector<SoundGroup>& groups);

/// `base`, or "base 2" and on when it is taken already.
std::string unique_name(const std::string& base, std::set<std::string>& taken,
                        std::string_view between = " ");

}  // namespace weir::publish
