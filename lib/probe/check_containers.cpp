// Rules for what segments are made of: transport streams, fMP4 and what is coded in them.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include "probe/check.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

// Those that came with iso6, or after it.
constexpr std::array kLateBrands{"iso6", "iso7", "iso8", "iso9", "isoa", "isob",
                                 "isoc", "cmfc", "cmf2", "cmff", "cmfl", "cmfs"};
constexpr std::int64_t kRateStep = 1'000;  // of evenly spaced pictures, microseconds

/// A rendition with its segments under the rules of this file.
class ContainerRules {
 public:
  ContainerRules(const Rendition& rendition, Findings& out) : r_(rendition), out_(out) {}

  void check() {
    for (const auto& init : r_.inits) check_init(init);
    for (std::size_t i = 0; i < r_.segments.size(); ++i)
      if (r_.segments[i].facts) check_segment(i, *r_.segments[i].facts);
  }

 private:
  void add(std::string_view rule, int line, boost::json::value measured, boost::json::value limit,
           std::string message) {
    out_.add({&find_rule(rule), r_.location, line, std::move(measured), std::move(limit),
              std::move(message)});
  }
  const hls::SegmentText& text(std::size_t i) const { return r_.text.segments[i]; }
  void check_init(const InitFacts& init);
  void check_track(const InitTrack& track);
  void check_segment(std::size_t i, const SegmentFacts& facts);
  void check_transport(std::size_t i, const SegmentFacts& facts);
  void check_fragments(std::size_t i, const SegmentFacts& facts);
  void check_change(std::size_t i, const SegmentFacts& before, const SegmentFacts& facts);

  const Rendition& r_;
  Findings& out_;
};

void ContainerRules::check_init(const InitFacts& init) {
  const auto mind = [&](bool broken, const char* what) {
    if (broken)
      add("draft-FMP4", 0, nullptr, nullptr, fmt::format("the initialization section {}", what));
  };
  mind(std::ranges::none_of(kLateBrands, [&](const char* b) { return init.brands.count(b) > 0; }),
       "names no brand of iso6 or later");
  mind(init.duration != 0, "has a duration in mvhd");
  mind(std::ranges::any_of(init.tracks, [](const auto& track) { return track.duration != 0; }),
       "has a duration in tkhd");
  mind(!init.extended, "has no mvex");
  for (const auto& track : init.tracks) check_track(track);
}

void ContainerRules::check_track(const InitTrack& track) {
  if (track.children.count("lhvC") > 0 && track.children.count("vexu") == 0)
    add("general-16.2", 0, nullptr, nullptr,
        fmt::format("'{}' has two layers (lhvC) and no vexu box", track.entry));
  if (track.handler != "vide" || !track.crypt_blocks) return;
  if (*track.crypt_blocks == 0 && *track.skip_blocks == 0) return;  // of another scheme
  if (*track.crypt_blocks != 1 || *track.skip_blocks != 9)
    add("general-13.7", 0,
        boost::json::string(fmt::format("{}:{}", *track.crypt_blocks, *track.skip_blocks)), "1:9",
        fmt::format("pictures are encrypted in a pattern of {}:{} blocks", *track.crypt_blocks,
                    *track.skip_blocks));
}

void ContainerRules::check_segment(std::size_t i, const SegmentFacts& facts) {
  check_transport(i, facts);
  check_fragments(i, facts);
  if (facts.sounds > 1)
    add("general-2.17", text(i).line, facts.sounds, 1,
        fmt::format("'{}' has {} streams of sound", text(i).uri, facts.sounds));
  if (i > 0 && r_.segments[i - 1].facts) check_change(i, *r_.segments[i - 1].facts, facts);
}

void ContainerRules::check_transport(std::size_t i, const SegmentFacts& facts) {
  if (!facts.ts) return;
  if (facts.ts->programs > 1)
    add("draft-TS-PROGRAM", text(i).line, facts.ts->programs, 1,
        fmt::format("'{}' has {} programs", text(i).uri, facts.ts->programs));
  if (facts.ts->clocks == 0)
    add("draft-TS-CLOCK", text(i).line, 0, nullptr,
        fmt::format("'{}' has no clock (PCR)", text(i).uri));
  else if (facts.ts->late > 0)
    add("draft-TS-CLOCK", text(i).line, facts.ts->late, 0,
        fmt::format("{} of '{}' come later than they are to be decoded",
                    count_words(facts.ts->late, "access unit", "access units"), text(i).uri));
}

void ContainerRules::check_fragments(std::size_t i, const SegmentFacts& facts) {
  const auto& fragments = facts.fragments;
  if (fragments.without_time > 0)
    add("draft-FMP4", text(i).line, fragments.without_time, 0,
        fmt::format("{} of '{}' without tfdt",
                    count_words(fragments.without_time, "track fragment", "track fragments"),
                    text(i).uri));
  if (fragments.absolute > 0)
    add("draft-FMP4", text(i).line, fragments.absolute, 0,
        fmt::format("{} of '{}' without relative addresses (default-base-is-moof)",
                    count_words(fragments.absolute, "track fragment", "track fragments"),
                    text(i).uri));
}

void ContainerRules::check_change(std::size_t i, const SegmentFacts& before,
                                  const SegmentFacts& facts) {
  const bool marked = text(i).discontinuity;
  if (before.channels > 0 && facts.channels > 0 && before.channels != facts.channels) {
    const std::string words =
        fmt::format("'{}' has sound of {}, the segment before of {}", text(i).uri,
                    count_words(facts.channels, "channel", "channels"), before.channels);
    if (!marked) add("general-2.11", text(i).line, facts.channels, before.channels, words);
    add("airplay-2.10", text(i).line, facts.channels, before.channels, words);
  }
  if (marked || !before.video || !facts.video || !before.video->even || !facts.video->even) return;
  if (std::abs(before.video->frame_us - facts.video->frame_us) <= kRateStep) return;
  const double was = 1e6 / double(before.video->frame_us), is = 1e6 / double(facts.video->frame_us);
  add("general-8.14", text(i).line, is, was,
      fmt::format("'{}' has {:.3f} pictures a second, the segment before {:.3f}, without "
                  "EXT-X-DISCONTINUITY",
                  text(i).uri, is, was));
}

/// What stands before the first point: "avc1", with the forms of a codec taken together.
std::set<std::string> families(const std::vector<std::string>& codecs) {
  std::set<std::string> out;
  for (const auto& codec : codecs) {
    std::string form = codec.substr(0, codec.find('.'));
    if (form == "avc3") form = "avc1";
    if (form == "hev1") form = "hvc1";
    out.insert(std::move(form));
  }
  return out;
}

void check_codec_change(const Rendition& r, Findings& out) {
  const auto first = families(r.codecs);
  for (const auto& later : families(r.later_codecs)) {
    if (first.count(later) > 0) continue;
    for (const char* rule : {"general-8.16", "airplay-8.16"})
      out.add({&find_rule(rule), r.location, 0, boost::json::string(later), nullptr,
               fmt::format("behind a discontinuity the codec is {}", later)});
  }
}

void check_tracks(const Rendition& r, Findings& out) {
  const auto* video = r.track(media::Kind::kVideo);
  if (video == nullptr) return;
  const auto add = [&](const char* rule, std::string message) {
    out.add({&find_rule(rule), r.location, 0, nullptr, nullptr, std::move(message)});
  };
  const AVFieldOrder order = video->par->field_order;
  if (order != AV_FIELD_UNKNOWN && order != AV_FIELD_PROGRESSIVE)
    add("general-1.14", "the pictures are interlaced");
  if (range_words(*video) == "PQ" && !video->dolby_vision &&
      (!video->hdr.mastering || !video->hdr.light))
    add("general-1.35",
        fmt::format("HDR10 without {}",
                    video->hdr.mastering ? "its light level" : "its mastering display"));
}

// Of pictures that are told apart by nothing else: one range.
void check_colour(const Presentation& p, Findings& out) {
  const Rendition* first = reference_rendition(p);
  if (first == nullptr) return;
  const auto* model = first->track(media::Kind::kVideo);
  for (const auto& r : p.renditions) {
    const auto* video = r.track(media::Kind::kVideo);
    if (model == nullptr || video == nullptr || r.role != Rendition::Role::kMain) continue;
    const auto& one = *model->par;
    const auto& other = *video->par;
    const auto differ = [](int a, int b, int unknown) {
      return a != b && a != unknown && b != unknown;
    };
    if (range_words(*model) != range_words(*video)) continue;
    if (differ(one.color_primaries, other.color_primaries, AVCOL_PRI_UNSPECIFIED) ||
        differ(one.color_space, other.color_space, AVCOL_SPC_UNSPECIFIED))
      out.add({&find_rule("general-1.21"), r.location, 0,
               boost::json::string(colour_words(*video).primaries),
               boost::json::string(colour_words(*model).primaries),
               fmt::format("the colours are {} {}, those of '{}' are {} {}",
                           colour_words(*video).primaries, colour_words(*video).matrix, first->name,
                           colour_words(*model).primaries, colour_words(*model).matrix)});
  }
}

void check_layout(const Presentation& p, Findings& out) {
  if (!p.multivariant) return;
  for (std::size_t i = 0; i < p.multivariant->variants.size(); ++i) {
    const auto& r = p.of_variant(i);
    const bool stereo = std::ranges::any_of(r.inits, [](const auto& init) {
      return std::ranges::any_of(init.tracks, [](const auto& track) { return track.stereo; });
    });
    const int number = p.multivariant->variants[i].line;
    const auto line = std::ranges::find(p.lines, number, &hls::Line::number);
    if (!stereo || line == p.lines.end() || line->attributes.find("REQ-VIDEO-LAYOUT") != nullptr)
      continue;
    out.add({&find_rule("general-16.1"), p.location, number, nullptr, nullptr,
             fmt::format("the pictures of '{}' are stereoscopic (vexu), and the variant has no "
                         "REQ-VIDEO-LAYOUT",
                         r.name)});
  }
}

}  // namespace

void check_containers(const Presentation& p, Findings& out) {
  for (const auto& r : p.renditions) {
    if (r.failure || r.role != Rendition::Role::kMain) continue;
    ContainerRules(r, out).check();
    check_codec_change(r, out);
    check_tracks(r, out);
  }
  check_colour(p, out);
  check_layout(p, out);
}

}  // namespace weir::probe
