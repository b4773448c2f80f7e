#include "ingest/flv_section.h"

#include <algorithm>
#include <utility>

namespace weir::ingest {

Result<void> FlvSection::push(const flv::Tag& tag, std::deque<FeedItem>& out) {
  WEIR_TRY(stream_.push(tag));
  drain(out);
  return {};
}

Result<void> FlvSection::finish(std::deque<FeedItem>& out) {
  WEIR_TRY(stream_.finish());
  drain(out);
  return {};
}

void FlvSection::drain(std::deque<FeedItem>& out) {
  if (!stream_.ready()) return;
  std::deque<media::Packet> packets;
  while (auto packet = stream_.next())
    if (wanted(*packet)) packets.push_back(std::move(*packet));
  if (packets.empty()) return;
  if (!shift_) begin(packets, out);
  for (auto& packet : packets) {
    packet.shift(*shift_);
    if (packet.dts().ticks >= 0)
      out.emplace_back(media::Item(std::move(packet)));
    else
      media::count(repairs_, &media::Repairs::dropped);
  }
}

void FlvSection::begin(const std::deque<media::Packet>& packets, std::deque<FeedItem>& out) {
  media::Time earliest = packets.front().dts();
  for (const auto& packet : packets) earliest = std::min({earliest, packet.dts(), packet.pts()});
  shift_ = media::Time{-earliest.ticks, earliest.base};
  out.emplace_back(Arrival{stream_.tracks(), from_});
}

bool FlvSection::wanted(const media::Packet& packet) {
  if (begun_.contains(packet.track())) return true;
  const auto* track = media::find_track(stream_.tracks(), packet.track());
  if (track != nullptr && track->video() && !packet.key()) {
    media::count(repairs_, &media::Repairs::waiting_for_key);
    return false;
  }
  begun_.insert(packet.track());
  return true;
}

}  // namespace weir::ingest
