#include "probe/check_flv.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include "flv/amf_reader.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

using flv::BodyKind;
using flv::TagType;

// Frames of these are of no use before their configuration.
bool needs_configuration(TagType type, std::uint32_t codec) {
  using flv::four_cc;
  if (type == TagType::kVideo)
    return codec == flv::kAvcId || codec == four_cc("avc1") || codec == four_cc("hvc1");
  return codec == flv::kAacId || codec == four_cc("mp4a") || codec == four_cc("Opus") ||
         codec == four_cc("fLaC");
}

std::vector<double> numbers(const flv::AmfValue* array) {
  std::vector<double> out;
  const auto* values = array == nullptr ? nullptr : array->array();
  if (values == nullptr) return out;
  for (const auto& value : values->values) out.push_back(value.number().value_or(NAN));
  return out;
}

std::string name_of(TagType type, int id) {
  const char* kind = type == TagType::kVideo ? "pictures" : "sound";
  return id == 0 ? kind : fmt::format("{} of track id {}", kind, id);
}

}  // namespace

void FlvCheck::add(std::string_view rule, boost::json::value measured, boost::json::value limit,
                   std::string message) {
  findings_.add(
      {&find_rule(rule), uri_, 0, std::move(measured), std::move(limit), std::move(message)});
}

Result<void> FlvCheck::feed(ByteView bytes) {
  whole_ = true;
  reader_.feed(bytes);
  while (true) {
    WEIR_TRY_ASSIGN(const auto tag, reader_.next_view());
    if (!tag) return {};
    take(*tag,
         reader_.consumed() - static_cast<std::int64_t>(tag->body.size() + flv::kTagOverhead));
  }
}

void FlvCheck::take(const flv::TagView& tag, std::int64_t position) {
  end_ = position + static_cast<std::int64_t>(tag.body.size() + flv::kTagOverhead);
  if (tag.type == TagType::kScript) return read_metadata(tag);
  audio_ = audio_ || tag.type == TagType::kAudio;
  video_ = video_ || tag.type == TagType::kVideo;
  const auto parts = flv::read_body(tag);
  if (!parts) return;
  for (const auto& part : *parts) take_part(tag, part, position);
}

void FlvCheck::take_part(const flv::TagView& tag, const flv::BodyPart& part,
                         std::int64_t position) {
  Lane& lane = lanes_[{tag.type, part.track}];
  if (part.kind == BodyKind::kConfiguration) lane.configured = true;
  const bool main = tag.type == TagType::kVideo && part.track == 0;
  const bool leads = part.kind == BodyKind::kConfiguration || part.kind == BodyKind::kMetadata;
  if (main && leads) lead_in_.push_back(position);
  if (part.kind != BodyKind::kFrame) return;
  if (!lane.configured && needs_configuration(tag.type, part.codec)) ++lane.unconfigured;
  if (lane.any && tag.timestamp_ms < lane.last_ms && lane.backwards++ == 0)
    lane.first_back_ms = tag.timestamp_ms;
  lane.last_ms = tag.timestamp_ms;
  lane.any = true;
  if (!main) return;
  const Place place{tag.timestamp_ms, tag.timestamp_ms + part.composition_ms};
  lead_in_.push_back(position);
  for (const auto begin : lead_in_)
    if (part.key) key_frames_[begin] = place;
  lead_in_.clear();
}

void FlvCheck::read_metadata(const flv::TagView& tag) {
  flv::AmfReader amf(tag.body);
  const auto title = amf.next();
  if (!title || title->text() == nullptr || *title->text() != "onMetaData") return;
  const auto facts = amf.next();
  if (!facts) return;
  if (const auto* size = facts->get("filesize")) declared_size_ = size->number();
  const auto* index = facts->get("keyframes");
  if (index == nullptr) return;
  const auto times = numbers(index->get("times"));
  const auto positions = numbers(index->get("filepositions"));
  uneven_ = times.size() != positions.size();
  index_.clear();
  for (std::size_t i = 0; i < std::min(times.size(), positions.size()); ++i)
    index_.push_back({times[i], positions[i]});
}

void FlvCheck::check_index() {
  if (uneven_) add("weir-FLV-INDEX", nullptr, nullptr, "the index has not as many times as places");
  constexpr double kToleranceMs = 1.5;  // for a time that was rounded twice
  for (const auto& entry : index_) {
    const double most = static_cast<double>(end_);
    const bool inside = entry.position >= 0 && entry.position <= most;
    const auto found = inside ? key_frames_.find(std::llround(entry.position)) : key_frames_.end();
    if (found == key_frames_.end()) {
      add("weir-FLV-INDEX", entry.position, nullptr,
          fmt::format("the index leads to byte {:.0f}, where no key frame begins", entry.position));
      continue;
    }
    const auto off = [&](std::int64_t ms) {
      return std::abs(entry.time_s * 1000 - static_cast<double>(ms));
    };
    if (std::min(off(found->second.decoded_ms), off(found->second.shown_ms)) <= kToleranceMs)
      continue;
    const double truth_s = static_cast<double>(found->second.decoded_ms) / 1000;
    add("weir-FLV-INDEX", entry.time_s, truth_s,
        fmt::format("the index says {:.3f} s of the key frame at {:.3f} s", entry.time_s, truth_s));
  }
}

void FlvCheck::check_flags() {
  const auto check = [&](bool announced, bool there, const char* what) {
    if (announced != there)
      add("weir-FLV-FLAGS", there, announced,
          fmt::format("the file header {} {}, the file holds {}",
                      announced ? "announces" : "does not announce", what, there ? "it" : "none"));
  };
  check(reader_.announces_video(), video_, "video");
  check(reader_.announces_audio(), audio_, "audio");
}

void FlvCheck::check_lanes() {
  for (const auto& [key, lane] : lanes_) {
    const auto name = name_of(key.first, key.second);
    if (lane.unconfigured > 0)
      add("weir-FLV-CONFIGURATION", lane.unconfigured, 0,
          fmt::format("{}: {} in front of the first configuration", name,
                      count_words(lane.unconfigured, "frame", "frames")));
    if (lane.backwards > 0)
      add("weir-FLV-TIME", lane.backwards, 0,
          fmt::format("{}: {} with a stamp before the one that precedes, the first at {:.3f} s",
                      name, count_words(lane.backwards, "tag", "tags"),
                      static_cast<double>(lane.first_back_ms) / 1000));
  }
}

void FlvCheck::check_size() {
  const auto size = reader_.consumed() + static_cast<std::int64_t>(reader_.pending());
  if (declared_size_ && *declared_size_ > 0 && *declared_size_ != static_cast<double>(size))
    add("weir-FLV-SIZE", size, *declared_size_,
        fmt::format("onMetaData says {:.0f} bytes, the file has {}", *declared_size_, size));
}

std::vector<Finding> FlvCheck::finish() {
  check_index();
  check_lanes();
  if (whole_) check_flags();
  if (whole_) check_size();
  return findings_.take();
}

Result<std::vector<Finding>> check_flv(const std::string& path, const StopSource& stop) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::kIo, "cannot read '{}'", path);
  FlvCheck check(path);
  Bytes buffer(1 << 18);
  while (file) {
    if (stop.requested()) return fail(Code::kStopped, "stopped");
    file.read(reinterpret_cast<char*>(buffer.data()), static_cast<std::streamsize>(buffer.size()));
    const auto size = static_cast<std::size_t>(file.gcount());
    if (size == 0 || !check.feed(ByteView(buffer).first(size))) break;
  }
  return check.finish();
}

}  // namespace weir::probe
