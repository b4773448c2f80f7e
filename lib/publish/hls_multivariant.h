// The multivariant playlist of a set of renditions: which sound goes with which picture, and what
// each combination takes.
#pragma once

#include <string>
#include <vector>

#include "hls/playlist.h"
#include "hls/stream_facts.h"
#include "media/track.h"
#include "publish/hls_presentation.h"
#include "publish/hls_rendition.h"
#include "publish/hls_text.h"

namespace weir::publish {

struct RenditionEntry {
  media::Track track;
  hls::StreamFacts facts;
  Rates rates;
  AVRational frame_rate{0, 1};
  std::string uri;            ///< Of its media playlist, from the multivariant one.
  std::string iframes_uri{};  ///< Of its I-frame playlist; "" for none.
  Rates iframe_rates{};
  TextChoice text{};  ///< Of a text: what the caller chose for it.
  RenditionChoice choice{};
  std::string stable_id{};  ///< "" for none.
};

/// Sound forms groups (hls_sound_groups.h), and every picture is offered with every group; its
/// rates are its own plus those of the group's heaviest member. Without pictures, sound is offered
/// alone: one sound in several encodings as variants, several sounds as groups. Texts form one
/// group, which every variant names; its heaviest member is part of the variant's rates, and
/// nothing of it of CODECS, where WebVTT is optional (HLS authoring specification, rule 5.10).
hls::MultivariantPlaylist multivariant(const std::vector<RenditionEntry>& renditions, int version);

}  // namespace weir::publish
