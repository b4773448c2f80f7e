#include "formats/flv_hints.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "flv/amf_reader.h"
#include "formats/codec_facts.h"

namespace weir::formats {
namespace {

constexpr double kMostKilobits = 1e7;  // 10 Gbit/s
constexpr double kMostPictures = 1000;
constexpr int kMostTracks = 256;

double number(const flv::AmfValue& facts, std::string_view key) {
  const auto* value = facts.get(key);
  return value == nullptr ? 0 : value->number().value_or(0);
}

std::int64_t bits(double kilobits) {
  return kilobits > 0 && kilobits < kMostKilobits ? std::llround(kilobits * 1000) : 0;
}

// Names become names of folders elsewhere.
std::string name(const flv::AmfValue& facts, std::string_view key, std::size_t most,
                 std::string_view marks) {
  const auto* value = facts.get(key);
  const std::string* text = value == nullptr ? nullptr : value->text();
  const auto good = [&](char letter) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9');
    return plain || marks.find(letter) != std::string_view::npos;
  };
  if (text == nullptr || text->size() > most || text->starts_with('.')) return {};
  return std::ranges::all_of(*text, good) ? *text : std::string();
}

FlvHints hints(const flv::AmfValue& facts, flv::TagType type) {
  FlvHints hints;
  if (type == flv::TagType::kAudio) {
    hints.rate = bits(number(facts, "audiodatarate"));
    hints.language = name(facts, "language", 35, "-");
    return hints;
  }
  hints.rate = bits(number(facts, "videodatarate"));
  hints.rendition = name(facts, "rendition", 64, "._-");
  if (const double pictures = number(facts, "framerate"); pictures > 0 && pictures <= kMostPictures)
    hints.frame_rate = rate_of(pictures);
  return hints;
}

void read_map(const flv::AmfValue* map, flv::TagType type, FlvMetadata& out) {
  const auto* tracks = map == nullptr ? nullptr : map->object();
  if (tracks == nullptr) return;
  for (const auto& member : tracks->members) {
    int id = -1;
    const char* end = member.name.data() + member.name.size();
    const auto read = std::from_chars(member.name.data(), end, id);
    if (read.ptr == end && id > 0 && id < kMostTracks)
      out.tracks[{type, id}] = hints(member.value, type);
  }
}

}  // namespace

FlvMetadata read_flv_metadata(ByteView body) {
  using flv::TagType;
  FlvMetadata out;
  flv::AmfReader amf(body);
  const auto title = amf.next();
  if (!title || title->text() == nullptr || *title->text() != "onMetaData") return out;
  const auto facts = amf.next();
  if (!facts) return out;
  out.audio = facts->get("audiocodecid") != nullptr;
  out.video = facts->get("videocodecid") != nullptr;
  for (const auto type : {TagType::kAudio, TagType::kVideo})
    out.tracks[{type, 0}] = hints(*facts, type);
  read_map(facts->get("videoTrackIdInfoMap"), TagType::kVideo, out);
  read_map(facts->get("audioTrackIdInfoMap"), TagType::kAudio, out);
  return out;
}

}  // namespace weir::formats
