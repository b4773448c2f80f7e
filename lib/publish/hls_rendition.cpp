#include "publish/hls_rendition.h"

#include <algorithm>

#include "publish/hls_names.h"

namespace weir::publish {
namespace {

using Type = hls::MediaPlaylist::Type;

constexpr std::size_t kFewestSegments = 3;    // of a live playlist; draft section 6.2.2
constexpr Micros kBeforeJudging{30'000'000};  // an average over less says little
constexpr Rates kText{16'000, 8'000};         // more than subtitles ever take

std::int64_t percent(std::int64_t value, std::int64_t factor) {
  return value * factor / 100;
}

Result<std::unique_ptr<hls::SegmentWriter>> open_writer(HlsOptions::Container container,
                                                        const media::Track& track) {
  if (track.text()) return hls::open_webvtt_writer(track);
  if (container == HlsOptions::Container::kFmp4) return hls::open_cmaf_writer(track);
  const bool packed = container == HlsOptions::Container::kPacked && track.audio();
  return packed ? hls::open_packed_writer(track) : hls::open_ts_writer(track);
}

}  // namespace

HlsRendition::HlsRendition(media::Track track, std::string folder, const HlsOptions& options,
                           const HlsServices& services, HlsKeys& keys)
    : track_(std::move(track)),
      folder_(std::move(folder)),
      suffix_(segment_suffix(options.container, track_)),
      options_(options),
      services_(services),
      keys_(keys) {
  playlist_.type = options.type;
  // Read from its file, not from its packets: there may be none.
  learned_ = track_.text();
  if (learned_) facts_.emplace().codecs = "wvtt";
}

Result<std::unique_ptr<HlsRendition>> HlsRendition::open(media::Track track, std::string folder,
                                                         const HlsOptions& options,
                                                         const HlsServices& services,
                                                         HlsKeys& keys) {
  auto writer = open_writer(options.container, track);
  if (!writer) return fail(std::move(writer).error().within(fmt::format("rendition '{}'", folder)));
  std::unique_ptr<HlsRendition> rendition(
      new HlsRendition(std::move(track), std::move(folder), options, services, keys));
  rendition->writer_ = std::move(*writer);
  return rendition;
}

Result<void> HlsRendition::add(const hls::Segment& segment, const Placement& placement) {
  if (open_) {
    WEIR_TRY(close_segment(segment));
  } else {
    hls::MediaSegment entry;
    const KeyPeriod* key = begin(segment, placement, entry);
    entry.duration = extinf_.next(segment.start, segment.end());
    entry.gap = segment.gap;
    std::vector<hls::KeyRange> keys;
    if (!segment.gap) {
      WEIR_TRY_ASSIGN(keys, write_segment(segment, entry, key));
    }
    entry.map = map_;
    entry.map_range = map_range_;
    playlist_.segments.push_back(std::move(entry));
    note_keys(keys, segment);
  }
  longest_ = std::max(longest_, playlist_.segments.back().duration);
  ++added_;
  return {};
}

/// The key that the segment is encrypted with, or null.
const KeyPeriod* HlsRendition::begin(const hls::Segment& segment, const Placement& placement,
                                     hls::MediaSegment& entry) {
  if (!meter_) meter_.emplace(placement.target);
  if (!begin_) begin_ = segment.start;
  entry.uri = segment_file(added_, suffix_);
  entry.discontinuity = segment.discontinuity;
  entry.program_date_time_us = placement.utc_us;
  const KeyPeriod* key = placement.key.get();
  if (key == nullptr) {
    is_clear_ = true;
    return nullptr;
  }
  // A player sets its decoder up anew where samples begin to be encrypted.
  const bool lead_ends = std::exchange(is_clear_, false);
  entry.discontinuity = entry.discontinuity || (lead_ends && key->for_samples());
  if (track_.text() && key->for_samples()) return nullptr;  // text has none
  entry.key = key->tag;
  return key;
}

Result<std::vector<hls::KeyRange>> HlsRendition::write_segment(const hls::Segment& segment,
                                                               hls::MediaSegment& entry,
                                                               const KeyPeriod* key) {
  WEIR_TRY(use_form(segment.form));
  if (segment.discontinuity && !track_.text()) learned_ = false;
  if (!learned_) WEIR_TRY(learn(segment.packets.front().bytes()));
  WEIR_TRY_ASSIGN(const bool other_key, use_key(key));
  WEIR_TRY_ASSIGN(hls::SegmentBytes bytes, writer_->write(segment));
  if (bytes.init) WEIR_TRY(use_init(*bytes.init, other_key, entry));
  if (key != nullptr && !key->for_samples())
    bytes.media = key->encrypt(bytes.media.joined(), segment.number);
  const auto size = static_cast<std::int64_t>(bytes.media.size());
  WEIR_TRY(put_segment(bytes.media, entry, bytes.keys));
  bytes_ += size;
  count(segment.packets);
  measure(segment, size, entry.duration);
  return std::move(bytes.keys);
}

Result<void> HlsRendition::use_init(const Bytes& init, bool other_key, hls::MediaSegment& entry) {
  if (std::exchange(map_is_earlier_, false)) {
    WEIR_TRY_ASSIGN(const auto earlier, services_.store.get(folder_ + "/" + map_));
    if (earlier == init) return {};
  }
  const bool is_first = map_.empty();
  entry.discontinuity = entry.discontinuity || (!is_first && !other_key);
  WEIR_TRY(put_init(init));
  if (!is_first) return {};
  for (auto& before : playlist_.segments) {  // gaps at the start name it too
    before.map = map_;
    before.map_range = map_range_;
  }
  if (iframes_) iframes_->set_map(map_, map_range_);
  return {};
}

void HlsRendition::measure(const hls::Segment& segment, std::int64_t size, Micros duration) {
  if (!segment.partial) meter_->add(size, duration);  // else it says nothing of the rate
}

void HlsRendition::count(const std::vector<media::Packet>& packets) {
  frames_ += static_cast<std::int64_t>(packets.size());
  if (track_.video()) picture_rate_.add(packets);
}

Result<void> HlsRendition::use_form(const hls::FormPtr& form) {
  if (form == nullptr || form == form_) return {};
  auto writer = open_writer(options_.container, *form);
  if (writer && segment_suffix(options_.container, *form) != suffix_)
    writer = fail(Code::kUnsupported, "its files cannot go on with {}: use fmp4 or ts",
                  form->codec_name());
  if (!writer)
    return fail(std::move(writer).error().within(fmt::format("rendition '{}'", folder_)));
  writer_ = std::move(*writer);
  form_ = form;
  learned_ = false;
  key_in_use_ = -1;
  return {};
}

/// True when the writer got another key than before.
Result<bool> HlsRendition::use_key(const KeyPeriod* key) {
  const std::int64_t number = key != nullptr && key->for_samples() ? key->first : -1;
  if (std::exchange(key_in_use_, number) == number) return false;
  auto used = writer_->use_key(number < 0 ? std::nullopt : std::optional(key->content));
  if (!used) return fail(std::move(used).error().within(fmt::format("rendition '{}'", folder_)));
  return true;
}

Result<void> HlsRendition::learn(ByteView first) {
  WEIR_TRY_ASSIGN(auto facts, hls::stream_facts(hls::with_parameter_sets(form(), first)));
  learned_ = true;
  if (!facts_) {
    facts_ = std::move(facts);
  } else if (("," + facts_->codecs + ",").find("," + facts.codecs + ",") == std::string::npos) {
    facts_->codecs += "," + facts.codecs;
    another_codec_ = true;
  }
  return {};
}

std::string HlsRendition::note(const std::string& name) {
  std::string path = folder_ + "/" + name;
  if (options_.type == Type::kVod) written_.push_back(path);
  return path;
}

Result<void> HlsRendition::write_playlist(std::int64_t target_duration, bool ended,
                                          const HlsCues& cues) {
  playlist_.target_duration = target_duration;
  playlist_.start = options_.presentation.start;
  playlist_.ended = ended;
  const Micros target(target_duration * 1'000'000);
  if (meter_) meter_->fix_target(target);
  if (iframes_) iframes_->fix_target(target);
  if (single_) WEIR_TRY(single_->finish());
  if (options_.type == Type::kLive) slide();
  if (options_.part) list_parts();
  list_date_ranges(cues.since(first_date().value_or(INT64_MIN)));
  keep_lines(playlist_);
  WEIR_TRY(put_listing("index.m3u8", playlist_));
  shown_ = true;
  // Parts do not change it.
  if (iframes_ && (std::exchange(listed_keys_of_, added_) != added_ || ended))
    WEIR_TRY(put_listing("iframes.m3u8", iframes_->playlist(target_duration, ended)));
  return remove_retired();
}

Result<void> HlsRendition::put_listing(const std::string& name,
                                       const hls::MediaPlaylist& playlist) {
  const auto kept = std::make_shared<const hls::MediaPlaylist>(playlist);
  return services_.store.put_listing(note(name),
                                     [kept, folder = folder_ + "/"](const IsLost& lost) {
                                       std::string path = folder;
                                       return to_bytes(to_text(*kept, [&](std::string_view uri) {
                                         path.replace(folder.size(), path.npos, uri);
                                         return lost(path);
                                       }));
                                     });
}

void HlsRendition::slide() {
  const Micros longest_listed = playlist_.duration();
  Micros listed = longest_listed;
  auto& all = playlist_.segments;
  while (all.size() > kFewestSegments && listed - all.front().duration >= options_.window) {
    listed -= all.front().duration;
    ++playlist_.media_sequence;
    if (all.front().discontinuity) ++playlist_.discontinuity_sequence;
    retire(all.front(), longest_listed);
    retire_parts(all.front());
    all.pop_front();
    if (iframes_) iframes_->remove_first();
  }
}

// Draft section 6.2.2: a segment stays for its own duration plus that of the longest playlist that
// listed it, counted from when it left the playlist.
void HlsRendition::retire(const hls::MediaSegment& segment, Micros listed) {
  const auto at = services_.clock.monotonic() + segment.duration + listed;
  const std::int64_t next = playlist_.media_sequence;
  keys_.left(next - 1, at);
  if (!segment.gap) retired_.push_back({folder_ + "/" + segment.uri, at, next});
  if (playlist_.segments.size() > 1 && playlist_.segments[1].map != segment.map)
    if (const auto map = init_number(segment.map))
      retired_.push_back({folder_ + "/" + segment.map, at, 0, *map + 1});
}

Result<void> HlsRendition::remove_retired() {
  const auto now = services_.clock.monotonic();
  for (auto* retired : {&retired_, &retired_parts_})
    for (; !retired->empty() && retired->front().at <= now; retired->pop_front()) {
      WEIR_TRY(services_.store.remove(retired->front().name));
      oldest_ = std::max(oldest_, retired->front().oldest);
      oldest_map_ = std::max(oldest_map_, retired->front().oldest_map);
    }
  return keys_.remove_retired();
}

void HlsRendition::remove_all() {
  single_.reset();
  for (const auto& name : written_) (void)services_.store.remove(name);
  written_.clear();
}

bool HlsRendition::has_iframes() const {
  return iframes_ && iframes_->peak() > 0;
}

// Whole encrypted segments cannot be read from the middle.
bool HlsRendition::wants_iframes() const {
  return options_.iframes && track_.video() &&
         options_.encryption.method != HlsEncryption::Method::kAes128;
}

void HlsRendition::note_keys(const std::vector<hls::KeyRange>& keys, const hls::Segment& segment) {
  if (!wants_iframes()) return;
  if (!iframes_) iframes_.emplace(options_.type, meter_->target());
  iframes_->add(playlist_.segments.back(), keys, segment.start, segment.end());
}

Rates HlsRendition::measured_iframes() const {
  return iframes_ ? Rates{iframes_->peak(), iframes_->average()} : Rates{};
}

Rates HlsRendition::iframe_rates() const {
  if (options_.type == Type::kVod) return measured_iframes();
  return published_iframes_.value_or(
      Rates{percent(measured_iframes().peak, 150), percent(measured_iframes().average, 125)});
}

void HlsRendition::settle() {
  published_ = measured();
  published_iframes_ = measured_iframes();
}

Rates HlsRendition::measured() const {
  return meter_ ? Rates{meter_->peak(), meter_->average()} : Rates{};
}

// Five percent for the container. An encoder keeps its peak over its buffer, not over a segment,
// hence the tenth; where only the average is told, half as much again; where nothing is, a quarter
// over what the first segments were.
Rates HlsRendition::declared() const {
  Rates out{percent(measured().peak, 125), percent(measured().average, 110)};
  if (track_.bitrate > 0) out = {percent(track_.bitrate, 150), percent(track_.bitrate, 105)};
  if (track_.max_bitrate > 0) out.peak = percent(track_.max_bitrate, 115);
  if (track_.text()) out = {std::max(out.peak, kText.peak), std::max(out.average, kText.average)};
  out.peak = std::max(out.peak, out.average);
  return out;
}

Rates HlsRendition::rates() const {
  if (options_.type == Type::kVod) return measured();
  return published_.value_or(declared());
}

bool HlsRendition::outgrown() {
  if (options_.type == Type::kVod || !meter_) return false;
  if (!published_iframes_) published_iframes_ = iframe_rates();
  if (!published_) published_ = declared();
  const Rates now = measured();
  const bool peak = now.peak > percent(published_->peak, 125);
  const bool average =
      meter_->total() >= kBeforeJudging && now.average > percent(published_->average, 110);
  const bool iframes = measured_iframes().peak > percent(published_iframes_->peak, 125);
  if (iframes) published_iframes_ = measured_iframes();
  const bool codec = std::exchange(another_codec_, false);
  if (!peak && !average) return iframes || codec;
  services_.log.warning(
      "rendition '{}' carries {} on average and {} at its peak, more than the {} and {} declared: "
      "the multivariant playlist is corrected",
      folder_, format_bitrate(now.average), format_bitrate(now.peak),
      format_bitrate(published_->average), format_bitrate(published_->peak));
  settle();
  return true;
}

}  // namespace weir::publish
