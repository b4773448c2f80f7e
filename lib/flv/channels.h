// The multichannel configuration of enhanced sound: which loudspeaker each channel is for.
// Source: Enhanced RTMP v2 (Veovera 2024), "Enhanced Audio", MultichannelConfig.
#pragma once

#include "base/bytes.h"
#include "media/av_ptr.h"

namespace weir::flv {

/// The body of such a message. Layouts whose places have no number there are told as a count alone.
Bytes write_channels(const AVChannelLayout& layout);

/// A layout that frees itself.
struct ChannelLayout : AVChannelLayout {
  ChannelLayout() : AVChannelLayout{} {}
  ChannelLayout(const ChannelLayout&) = delete;
  ChannelLayout& operator=(const ChannelLayout&) = delete;
  ~ChannelLayout() { av_channel_layout_uninit(this); }
};
/// Sets `layout` to what the body says. False, and nothing is changed, when it is damaged.
bool read_channels(ByteView body, ChannelLayout& layout);

}  // namespace weir::flv
