#include "publish/dash_listed.h"

#include <algorithm>
#include <limits>

#include "base/hex.h"
#include "hls/tag_reader.h"
#include "publish/hls_names.h"
#include "publish/xml_element.h"

namespace weir::publish {
namespace {

constexpr std::int64_t kMostTicks = std::int64_t{1} << 60;
constexpr std::int64_t kMostMicros = std::int64_t{1} << 56;  // two thousand years
constexpr std::int64_t kMostSeconds = std::int64_t{1} << 36;

/// Once something was wrong, ok() stays false.
class Reader {
 public:
  bool ok() const { return ok_; }

  hls::Mpd manifest(const XmlElement& from) {
    hls::Mpd out;
    need(from.name == "MPD");
    out.dynamic = from.attribute("type") == "dynamic";
    if (const auto date = from.attribute("availabilityStartTime"); !date.empty()) {
      const auto utc = parse_utc(date);
      need(utc.operator bool());
      if (utc) out.availability_start_us = *utc;
    }
    for (const auto& child : from.children)
      if (child.name == "Period") out.periods.push_back(period(child));
    return out;
  }

 private:
  hls::MpdPeriod period(const XmlElement& from) {
    hls::MpdPeriod out;
    out.id = from.attribute("id");
    number(out.id, kLastNumber);
    out.start = duration(from.attribute("start"));
    for (const auto& child : from.children)
      if (child.name == "AdaptationSet") out.sets.push_back(set(child));
    return out;
  }

  hls::MpdAdaptationSet set(const XmlElement& from) {
    hls::MpdAdaptationSet out;
    const bool video = from.attribute("contentType") == "video";
    need(video || from.attribute("contentType") == "audio");
    out.content =
        video ? hls::MpdAdaptationSet::Content::kVideo : hls::MpdAdaptationSet::Content::kAudio;
    out.id = small(from.attribute("id"));
    for (const auto& child : from.children) describe(child, out);
    for (const auto& child : from.children)
      if (child.name == "Representation")
        out.representations.push_back(representation(child, from.child("SegmentTemplate")));
    return out;
  }

  void protect(const XmlElement& child, hls::MpdAdaptationSet& out) {
    const auto id = child.attribute("cenc:default_KID");
    if (!id.empty()) out.key_id = key_id(id);
    out.clear_key = out.clear_key || child.attribute("value") == "ClearKey1.0";
  }

  void describe(const XmlElement& child, hls::MpdAdaptationSet& out) {
    if (child.name == "ContentProtection") protect(child, out);
    if (child.name == "AudioChannelConfiguration") {
      const int layout = small(child.attribute("value"));
      out.channels = layout == 11 ? 7 : layout == 12 ? 8 : layout;
    }
    if (child.name != "EssentialProperty") return;
    const auto scheme = child.attribute("schemeIdUri");
    const int code = small(child.attribute("value"));
    if (scheme.ends_with(":ColourPrimaries")) out.colour.primaries = code;
    if (scheme.ends_with(":TransferCharacteristics")) out.colour.transfer = code;
    if (scheme.ends_with(":MatrixCoefficients")) out.colour.matrix = code;
  }

  hls::MpdRepresentation representation(const XmlElement& from, const XmlElement* shared) {
    hls::MpdRepresentation out;
    out.id = from.attribute("id");
    need(is_folder_name(out.id));
    out.bandwidth = number(from.attribute("bandwidth"), kMostTicks);
    out.codecs = from.attribute("codecs");
    out.resolution = {small(from.attribute("width")), small(from.attribute("height"))};
    out.sampling_rate = small(from.attribute("audioSamplingRate"));
    out.sample_shape = ratio(from.attribute("sar"), ':');
    out.frame_rate = ratio(from.attribute("frameRate"), '/');
    const XmlElement* own = from.child("SegmentTemplate");
    const XmlElement* segments = own != nullptr ? own : shared;
    need(segments != nullptr);
    if (segments != nullptr) out.segments = listed(*segments);
    return out;
  }

  hls::MpdSegments listed(const XmlElement& from) {
    hls::MpdSegments out;
    out.timescale = static_cast<std::uint32_t>(small(from.attribute("timescale")));
    need(out.timescale > 0);
    out.offset = number(from.attribute("presentationTimeOffset"), kMostTicks);
    out.start_number = number(from.attribute("startNumber"), kLastNumber);
    out.initialization = from.attribute("initialization");
    out.media = from.attribute("media");
    const XmlElement* timeline = from.child("SegmentTimeline");
    need(timeline != nullptr);
    if (timeline != nullptr)
      for (const auto& child : timeline->children) run(child, out.timeline);
    if (!ok_) return out;
    need(out.offset / out.timescale < kMostSeconds);
    for (const auto& each : out.timeline) need(each.end() / out.timescale < kMostSeconds);
    return out;
  }

  void run(const XmlElement& from, std::vector<hls::MpdRun>& to) {
    hls::MpdRun out;
    const bool told = from.attributes.contains("t");
    need(told || !to.empty());
    if (!ok_) return;
    out.start = told ? number(from.attribute("t"), kMostTicks) : to.back().end();
    out.duration = number(from.attribute("d"), kMostTicks);
    out.repeat = number(from.attribute("r"), kLastNumber);
    need(out.duration == 0 || out.repeat < kMostTicks / out.duration);
    need(ok_ && out.end() <= kMostTicks);
    if (ok_) to.push_back(out);
  }

  std::optional<hls::AesBlock> key_id(std::string_view uuid) {
    std::string digits(uuid);
    std::erase(digits, '-');
    const auto bytes = read_hex(digits);
    hls::AesBlock out{};
    need(bytes && bytes->size() == out.size());
    if (!ok_) return {};
    std::copy(bytes->begin(), bytes->end(), out.begin());
    return out;
  }

  AVRational ratio(std::string_view text, char between) {
    if (text.empty()) return {0, 1};
    const auto at = text.find(between);
    return {small(text.substr(0, at)), at == text.npos ? 1 : small(text.substr(at + 1))};
  }
  /// "" is 0.
  std::int64_t number(std::string_view text, std::int64_t most) {
    if (text.empty()) return 0;
    const auto value = hls::parse_integer(text);
    need(value && *value >= 0 && *value <= most);
    return ok_ ? *value : 0;
  }
  int small(std::string_view text) {
    return static_cast<int>(number(text, std::numeric_limits<int>::max()));
  }
  Micros duration(std::string_view text) {
    need(text.starts_with("PT") && text.ends_with('S'));
    if (!ok_) return {};
    const auto us = hls::parse_micros(text.substr(2, text.size() - 3));
    need(us && *us >= 0 && *us <= kMostMicros);
    return Micros(us.value_or(0));
  }
  void need(bool condition) { ok_ = ok_ && condition; }

  bool ok_ = true;
};

}  // namespace

Result<hls::Mpd> read_mpd(std::string_view text) {
  WEIR_TRY_ASSIGN(const XmlElement root, parse_xml(text));
  Reader reader;
  hls::Mpd out = reader.manifest(root);
  if (!reader.ok()) return fail(Code::kBadInput, "it is no DASH manifest of this library");
  return out;
}

}  // namespace weir::publish
