// Rules over what a presentation offers as a whole.
#include <algorithm>
#include <cmath>
#include <set>

#include "probe/check.h"
#include "probe/codec_entry.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

/// The variants of a presentation, those with pictures, and its I-frame variants.
struct Offer {
  const Presentation& p;
  std::vector<Stream> all;
  std::vector<Stream> pictures;
  std::vector<Stream> iframes;
  Findings& out;

  void add(std::string_view rule, std::string_view what) const {
    out.add({&find_rule(rule), p.location, 0, nullptr, nullptr, std::string(what)});
  }
};

using Streams = std::vector<Stream>;
bool any(const Streams& streams, auto&& test) {
  return std::any_of(streams.begin(), streams.end(), test);
}

bool any_codec(const Streams& streams, auto&& test) {
  return any(streams,
             [&](const Stream& s) { return std::any_of(s.codecs.begin(), s.codecs.end(), test); });
}

bool any_form(const Streams& streams, std::string_view form) {
  return any_codec(streams, [&](const CodecEntry& c) { return c.form == form; });
}

// Some variant of a codec is for devices that can little.
void check_modest(const Offer& offer) {
  constexpr int kHigh = 100, kAvcLevel = 41, kMain10 = 2, kHevcLevel = 120;
  const auto avc = [](const CodecEntry& c) { return c.family == Family::kAvc; };
  const auto hevc = [](const CodecEntry& c) { return c.family == Family::kHevc; };
  if (any_codec(offer.all, avc) && !any_codec(offer.all, [&](const CodecEntry& c) {
        return avc(c) && c.profile <= kHigh && c.level <= kAvcLevel;
      }))
    offer.add("general-1.3a", "no AVC variant is High 4.1 or less");
  if (any_codec(offer.all, hevc) && !any_codec(offer.all, [&](const CodecEntry& c) {
        return hevc(c) && c.profile <= kMain10 && c.level <= kHevcLevel && !c.high_tier;
      }))
    offer.add("general-1.6a", "no HEVC variant is Main 10, level 4.0, Main tier or less");
  if (!offer.pictures.empty() && !any_codec(offer.pictures, avc))
    offer.add("general-1.12", "no variant is AVC");
}

void check_ranges(const Offer& offer) {
  const auto hdr = [](const Stream& s) { return s.range != "SDR"; };
  if (!any(offer.pictures, hdr)) return;
  if (std::all_of(offer.pictures.begin(), offer.pictures.end(), hdr))
    offer.add("general-1.24", "no variant is SDR");
  const bool slow =
      any(offer.pictures, [&](const Stream& s) { return hdr(s) && s.frame_rate <= 30.02; });
  if (slow) return;
  offer.add("general-1.20", "no HDR variant has 30 pictures a second or less");
  offer.add("tvos-1.20", "no HDR variant has 30 pictures a second or less");
}

// Variants for the same devices are those whose sound is alike; the first picture stands for them.
void check_first(const Offer& offer) {
  constexpr std::int64_t kStart = 2'000'000;
  if (offer.pictures.empty()) return;
  const auto off = [](const Stream& s) { return std::abs(s.bandwidth - kStart); };
  const Stream& first = offer.pictures.front();
  const Stream& best =
      *std::min_element(offer.pictures.begin(), offer.pictures.end(),
                        [&](const Stream& a, const Stream& b) { return off(a) < off(b); });
  if (off(best) < off(first))
    offer.add(
        "general-1.32",
        fmt::format("the first variant is '{}' of {}, '{}' of {} is nearer to 2 Mb/s", first.name,
                    bitrate_words(first.bandwidth), best.name, bitrate_words(best.bandwidth)));
}

void check_rates(const Offer& offer) {
  constexpr std::int64_t kUhdMost = 15'000'000, kCellular = 192'000;
  const auto uhd = [](const Stream& s) { return s.size && s.size->height > 1080; };
  if (any(offer.pictures, uhd) &&
      !any(offer.pictures, [&](const Stream& s) { return uhd(s) && s.bandwidth <= kUhdMost; }))
    offer.add("general-1.34", "no UHD variant is at or below 15 Mb/s");
  if (!any(offer.all, [](const Stream& s) { return s.bandwidth <= kCellular; }))
    offer.add("ios-9.21", "no variant is at or below 192 kb/s");
}

// Two media playlists are two variants, however often they are named.
void check_count(const Offer& offer) {
  std::set<std::int64_t> rates;
  Size largest{};
  for (const auto& s : offer.pictures) {
    rates.insert(s.bandwidth);
    if (s.size && s.size->height > largest.height) largest = *s.size;
  }
  if (rates.size() == 1) offer.add("general-9.9", "all variants have one rate");
  const auto count = std::count_if(offer.pictures.begin(), offer.pictures.end(),
                                   [&](const Stream& s) { return s.size == largest; });
  if (largest.height >= 720 && count < 2)
    offer.add("general-9.10", "the largest size has one variant only");
}

void check_sound(const Offer& offer) {
  const bool sound = any(offer.all, [](const Stream& s) { return s.audio(); });
  const bool aac = any_codec(offer.all, [](const CodecEntry& c) { return c.aac(); });
  const bool apac = any_form(offer.all, "apac");
  if (sound && !aac && !apac) offer.add("general-2.3", "no variant has AAC");
  if (apac && !aac) offer.add("general-2.31", "APAC, but no AAC beside it");
  if (any_form(offer.all, "ec-3") && !any_form(offer.all, "ac-3"))
    offer.add("general-2.6", "E-AC-3, but no AC-3 beside it");
}

void check_captions(const Offer& offer) {
  const auto& media = offer.p.multivariant->media;
  const bool there = std::any_of(media.begin(), media.end(), [](const auto& entry) {
    return entry.type == "SUBTITLES" || entry.type == "CLOSED-CAPTIONS";
  });
  if (!offer.pictures.empty() && !there)
    offer.add("general-4.1", "there are neither captions nor subtitles");
}

std::int64_t mean_us(const Stream& s) {
  const auto& text = s.rendition->text;
  return text.segments.empty() ? 0 : text.duration_us() / std::int64_t(text.segments.size());
}

void check_iframes(const Offer& offer) {
  constexpr std::int64_t kSecond = 1'000'000;
  if (offer.iframes.empty()) {
    if (!offer.pictures.empty()) offer.add("general-6.1", "there are no I-frame playlists");
    return;
  }
  if (!any(offer.iframes, [](const Stream& s) {
        return mean_us(s) == 0 || std::abs(mean_us(s) - kSecond) <= kSecond / 10;
      }))
    offer.add("general-6.2", "no I-frame playlist has a picture a second");
  if (offer.iframes.size() < 2) offer.add("general-6.6", "I-frames come at one rate only");
  if (!any(offer.iframes, [](const Stream& s) { return s.has(Family::kAvc) || s.codecs.empty(); }))
    offer.add("general-6.14", "no I-frames are AVC");
  if (!any(offer.iframes, [](const Stream& s) { return s.range == "SDR"; }))
    offer.add("general-6.16", "no I-frames are SDR");
}

void check_iframe_codecs(const Offer& offer) {
  for (const auto& iframe : offer.iframes)
    for (const auto& codec : iframe.codecs)
      if (codec.form != "mjpg" &&
          !any(offer.pictures, [&](const Stream& s) { return s.has(codec.family); }))
        offer.add("airplay-6.13", fmt::format("I-frames are {}, which no variant is", codec.text));
}

}  // namespace

void check_offer(const Presentation& p, Findings& out) {
  constexpr void (*kChecks[])(const Offer&) = {check_modest,   check_ranges,  check_first,
                                               check_rates,    check_count,   check_sound,
                                               check_captions, check_iframes, check_iframe_codecs};
  if (!p.multivariant || p.variants.empty()) return;
  Offer offer{p, streams(p), {}, iframe_streams(p), out};
  std::copy_if(offer.all.begin(), offer.all.end(), std::back_inserter(offer.pictures),
               [](const Stream& s) { return s.video(); });
  for (const auto check : kChecks) check(offer);
}

}  // namespace weir::probe
