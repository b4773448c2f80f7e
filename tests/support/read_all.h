// Everything an input hands out, and a digest of it that two inputs can be compared by.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "formats/input.h"
#include "media/event.h"

namespace weir::support {

struct ReadAll {
  media::Tracks tracks;
  std::vector<media::Item> items;
  Result<void> outcome;

  std::vector<const media::Packet*> packets(int track) const {
    std::vector<const media::Packet*> found;
    for (const auto& item : items)
      if (const auto* packet = std::get_if<media::Packet>(&item);
          packet && packet->track() == track)
        found.push_back(packet);
    return found;
  }
  std::vector<const media::Event*> events(std::string_view kind) const {
    std::vector<const media::Event*> found;
    for (const auto& item : items)
      if (const auto* event = std::get_if<media::Event>(&item); event && event->kind() == kind)
        found.push_back(event);
    return found;
  }
};

inline ReadAll read_all(formats::Input& input) {
  ReadAll all;
  all.tracks = input.tracks();
  while (true) {
    auto item = input.next();
    if (!item) all.outcome = fail(std::move(item).error());
    if (!item || !*item) return all;
    all.items.push_back(std::move(**item));
  }
}

inline ReadAll read_all(const std::string& url) {
  auto input = formats::Input::open(url, {});
  if (input) return read_all(**input);
  ReadAll all;
  all.outcome = fail(std::move(input).error());
  return all;
}

/// One line a packet: track, exact stamps, key, size and a hash of the bytes.
inline std::vector<std::string> digest(const ReadAll& all) {
  std::vector<std::string> lines;
  for (const auto& item : all.items) {
    const auto* packet = std::get_if<media::Packet>(&item);
    if (packet == nullptr) continue;
    const auto bytes = packet->bytes();
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    lines.push_back(fmt::format("{} pts {} dts {} for {} of {} key {} {} bytes {:x}",
                                packet->track(), packet->pts().ticks, packet->dts().ticks,
                                packet->duration().ticks, media::format_rational(packet->base()),
                                packet->key(), text.size(), std::hash<std::string_view>()(text)));
  }
  return lines;
}

}  // namespace weir::support
