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
  std::deque<media::Item> items;
  while (auto item = stream_.next())
    if (wanted(*item)) items.push_back(std::move(*item));
  if (items.empty()) return;
  if (!shift_) begin(items, out);
  for (auto& item : items) {
    media::shift_item(item, *shift_);
    if (media::position(item).ticks >= 0)
      out.emplace_back(std::move(item));
    else
      media::count(repairs_, &media::Repairs::dropped);
  }
}

void FlvSection::begin(const std::deque<media::Item>& items, std::deque<FeedItem>& out) {
  media::Time earliest = media::position(items.front());
  for (const auto& item : items) {
    earliest = std::min(earliest, media::position(item));
    if (const auto* packet = std::get_if<media::Packet>(&item))
      earliest = std::min(earliest, packet->pts());
  }
  shift_ = media::Time{-earliest.ticks, earliest.base};
  out.emplace_back(Arrival{stream_.tracks(), from_});
}

// Before the first packet there is nothing that an event could change.
bool FlvSection::wanted(const media::Item& item) {
  const auto* packet = std::get_if<media::Packet>(&item);
  if (packet == nullptr) return !begun_.empty();
  if (begun_.contains(packet->track())) return true;
  const auto* track = media::find_track(stream_.tracks(), packet->track());
  if (track != nullptr && track->video() && !packet->key()) {
    media::count(repairs_, &media::Repairs::waiting_for_key);
    return false;
  }
  begun_.insert(packet->track());
  return true;
}

}  // namespace weir::ingest
