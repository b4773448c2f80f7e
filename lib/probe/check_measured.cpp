// Rules that hold the text against what the segments were found to be.
#include <algorithm>
#include <cmath>

#include "probe/bandwidth.h"
#include "probe/check.h"
#include "probe/codec_entry.h"
#include "probe/json_text.h"
#include "probe/playlist_view.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

/// A rendition whose media was read.
struct Measured {
  const PlaylistView& v;
  const Rendition& r;
};

// A discontinuity or a segment that was not read ends a stretch.
Spread idr_distances(const Rendition& r) {
  Spread out;
  std::optional<std::int64_t> last;
  for (std::size_t i = 0; i < r.segments.size(); ++i) {
    if (!r.segments[i].facts || r.text.segments[i].discontinuity) last.reset();
    if (!r.segments[i].facts) continue;
    for (const std::int64_t idr : r.segments[i].facts->idrs) {
      if (last) out.add(idr - *last);
      last = idr;
    }
  }
  return out;
}

void check_idr_distance(const Measured& m) {
  const auto mean = static_cast<std::int64_t>(idr_distances(m.r).mean());
  if (!m.r.has_video() || mean <= 2 * kSecond + m.r.frame_us()) return;
  m.v.add("general-1.13", 0, json_seconds(mean), 2.0,
          fmt::format("{} from one IDR picture to the next in the mean", seconds_words(mean)));
}

void check_packed(const Measured& m) {
  for (std::size_t i = 0; i < m.r.segments.size(); ++i)
    if (const auto& facts = m.r.segments[i].facts; facts && !facts->stamped)
      m.v.add("draft-PACKED-TIME", m.r.text.segments[i].line,
              fmt::format("'{}' has no time stamp", m.r.text.segments[i].uri));
  const bool alone = m.r.has_audio() && !m.r.has_video() && m.r.role == Rendition::Role::kMain;
  if (alone && m.r.segments.front().facts && m.r.segments.front().facts->ts)
    m.v.add("general-2.1", 0, "sound alone in a transport stream");
}

// The tag holds for the segments behind it until the next.
void check_bitrate(const Measured& m) {
  std::optional<std::int64_t> declared;
  std::size_t index = 0;
  for (const auto& line : m.v.lines) {
    if (line.tag == "EXT-X-BITRATE") declared = hls::parse_integer(line.value);
    if (!line.is_uri() || index >= m.r.segments.size()) continue;
    const auto& segment = m.r.text.segments[index];
    const auto& facts = m.r.segments[index++].facts;
    if (!declared || !facts || segment.range || segment.duration_us <= 0) continue;
    const double rate =
        static_cast<double>(facts->bytes) * 8e3 / static_cast<double>(segment.duration_us);
    if (std::abs(rate - double(*declared)) > double(*declared) * 0.1 + 1)
      m.v.add(
          "draft-BITRATE", line.number, std::llround(rate), *declared,
          fmt::format("EXT-X-BITRATE says {} kb/s, '{}' has {:.0f}", *declared, segment.uri, rate));
  }
}

void check_transport(const Measured& m) {
  for (std::size_t i = 0; i < m.r.segments.size(); ++i) {
    const auto& facts = m.r.segments[i].facts;
    const auto& text = m.r.text.segments[i];
    if (!facts || !facts->ts) continue;
    const TsFacts& ts = *facts->ts;
    if (!ts.tables_first)
      m.v.add("draft-TS-TABLES", text.line,
              fmt::format("'{}' does not begin with PAT and PMT", text.uri));
    if (ts.lost > 0)
      m.v.add("general-7.2", text.line, ts.lost, 0,
              fmt::format("'{}': the continuity counter jumps {} times", text.uri, ts.lost));
  }
}

void check_moofs(const Measured& m) {
  if (m.r.role != Rendition::Role::kIFrames) return;
  for (std::size_t i = 0; i < m.r.segments.size(); ++i) {
    const auto& text = m.r.text.segments[i];
    if (const auto& facts = m.r.segments[i].facts; facts && text.map >= 0 && !facts->fragmented)
      m.v.add("general-6.10", text.line,
              fmt::format("the range of '{}' does not begin with a moof", text.uri));
  }
}

std::string_view true_range(const Rendition& r) {
  const auto* video = r.track(media::Kind::kVideo);
  return video == nullptr ? "" : range_words(*video);
}

void check_range(const Presentation& p, const Stream& stream, Findings& out) {
  const auto truth = true_range(*stream.rendition);
  if (stream.line == 0 || truth.empty() || truth == stream.range) return;
  out.add({&find_rule("draft-VIDEO-RANGE-TRUE"), p.location, stream.line, boost::json::value(truth),
           boost::json::value(stream.range),
           fmt::format("VIDEO-RANGE of '{}' is {}, the picture is {}", stream.name, stream.range,
                       truth)});
}

// The segments of a picture alone: sound would even it out.
void check_spread(const Measured& m) {
  const MeasuredRates rates = measured_rates(m.r);
  if (!rates.whole || !m.r.vod() || !m.r.has_video() || rates.peak <= rates.average * 2) return;
  m.v.add("general-1.30", 0, rates.peak, rates.average * 2,
          fmt::format("the peak of {} is more than twice the average of {}",
                      bitrate_words(rates.peak), bitrate_words(rates.average)));
}

void check_iframe_peak(const Presentation& p, const Stream& stream, Findings& out) {
  const MeasuredRates rates = measured_rates(*stream.rendition);
  if (!rates.whole ||
      static_cast<double>(rates.peak) <= static_cast<double>(stream.bandwidth) * 1.001)
    return;
  out.add({&find_rule("general-6.9"), p.location, stream.line, rates.peak, stream.bandwidth,
           fmt::format("BANDWIDTH of '{}' is {}, a run of its ranges needs {}", stream.name,
                       bitrate_words(stream.bandwidth), bitrate_words(rates.peak))});
}

}  // namespace

void check_measured(const Presentation& p, Findings& out) {
  constexpr void (*kChecks[])(const Measured&) = {check_idr_distance, check_packed, check_bitrate,
                                                  check_transport,    check_moofs,  check_spread};
  for (const auto& v : views(p, out))
    if (v.rendition != nullptr && !v.rendition->segments.empty())
      for (const auto check : kChecks) check({v, *v.rendition});
  for (const auto& stream : streams(p)) check_range(p, stream, out);
  for (const auto& stream : iframe_streams(p)) check_iframe_peak(p, stream, out);
}

}  // namespace weir::probe
