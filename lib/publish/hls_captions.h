// Captions inside the pictures: what was found of them, and what the caller knows of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "hls/playlist.h"
#include "media/captions.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::publish {

struct CaptionChoice {
  media::CaptionChannel channel;
  std::string language;  ///< BCP 47.
  std::string name;      ///< As players show it; "": the language.
};

/// "CC1=en,SERVICE1=es:Español": the language of each, and its name behind a colon if wanted.
/// kUsage otherwise, and for a channel that is given twice.
Result<std::vector<CaptionChoice>> parse_caption_choices(std::string_view text);

class HlsCaptions {
 public:
  /// Looks into the pictures of `tracks`.
  HlsCaptions(const media::Tracks& tracks, std::vector<CaptionChoice> choices);

  /// Packets of any track, those of one in decoding order.
  void take(const media::Packet& packet);
  /// What follows of this track is of another codec.
  void change(const media::Track& track);
  /// No packet follows. A choice that was never found gets a warning.
  void finish(Log& log);

  /// How many renditions() there are; only ever grows.
  std::size_t count() const { return channels_.size(); }
  /// Those chosen and those found, of any picture: all variants have to name the same. They form
  /// one group; a name is the choice's, else the language, else the channel.
  std::vector<hls::CaptionRendition> renditions() const;

 private:
  void collect();
  const CaptionChoice* choice(const media::CaptionChannel& channel) const;

  const std::vector<CaptionChoice> choices_;
  std::map<int, media::CaptionFinder> finders_;  // by track
  std::set<media::CaptionChannel> found_, channels_;
};

}  // namespace weir::publish
