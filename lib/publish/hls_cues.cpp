#include "publish/hls_cues.h"

#include <algorithm>

#include "base/clock.h"
#include "base/hex.h"
#include "publish/hls_options.h"

namespace weir::publish {
namespace {

using media::SpliceInfo;

constexpr std::size_t kMostWaiting = 4096;
constexpr std::size_t kMostUsed = 4096;      // keys remembered
constexpr std::ptrdiff_t kMostEndless = 64;  // breaks nobody says the end of
constexpr Micros kRepeats{10'000'000};       // a command is sent again within this

bool says_something(const SpliceInfo& info) {
  if (info.command == SpliceInfo::kBandwidthReservation) return false;
  return info.encrypted || info.command != SpliceInfo::kNull || info.descriptors;
}

/// The last four bytes of a section are a checksum of all of it.
std::string command_key(ByteView section) {
  return fmt::format("command-{:02X}", fmt::join(section.last(4), ""));
}

// "20261122T184900.000Z": what of a date may stand in an ID that others quote in URLs and file
// names.
std::string compact(std::int64_t utc_us) {
  std::string text = format_utc(utc_us);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::optional<std::int64_t> date_of(const hls::Attributes& attributes, std::string_view name) {
  const auto text = attributes.text(name);
  const auto utc = text ? parse_utc(*text) : Result<std::int64_t>(0);
  return text && utc ? std::optional(*utc) : std::nullopt;
}

bool returns_by_itself(const hls::Attributes& attributes) {
  const auto text = attributes.text("SCTE35-OUT").value_or("");
  const auto bytes =
      text.starts_with("0x") ? read_hex(std::string_view(text).substr(2)) : std::optional<Bytes>();
  const auto info = bytes ? media::parse_splice_info(*bytes) : Result<SpliceInfo>(SpliceInfo());
  return info && info->insert && info->insert->auto_return;
}

}  // namespace

std::optional<std::int64_t> HlsCues::Range::last() const {
  if (always) return INT64_MAX;
  if (end) return end;
  return planned ? std::optional(start + planned->count()) : std::nullopt;
}

void HlsCues::take(const media::Event& event) {
  auto section = media::cue_section(event);
  if (!section) return;
  auto info = media::parse_splice_info(*section);
  if (!info) {
    if (!std::exchange(told_damaged_, true))
      log_.warning("{} is left out of the playlists", info.error().what);
    return;
  }
  if (!says_something(*info)) return;
  if (waiting_.size() == kMostWaiting) waiting_.pop_front();
  section->resize(info->size);
  waiting_.push_back({std::move(*info), std::move(*section), event.at, media::cue_time(event)});
}

void HlsCues::date(const WallTime& wall, media::Time reached) {
  if (!wall.known()) return;
  for (; !planned_.empty(); planned_.pop_front()) tell(planned_.front(), wall);
  for (; !waiting_.empty(); waiting_.pop_front()) tell(waiting_.front(), wall);
  const std::int64_t now = *wall.at(reached);
  for (auto& range : ranges_)
    if (range.returns && !range.end && *range.last() <= now) close(range, *range.last(), {});
}

void HlsCues::plan(const std::vector<Interstitial>& interstitials, media::Time begin) {
  for (const auto& each : interstitials) planned_.push_back({each, begin});
}

void HlsCues::tell(const Planned& planned, const WallTime& wall) {
  const auto& what = planned.what;
  const auto same = [&](const Range& range) { return range.id == what.id; };
  if (std::any_of(ranges_.begin(), ranges_.end(), same)) return;
  const std::int64_t begin = *wall.at(planned.begin) + what.at.value_or(Micros(0)).count();
  Range range;
  range.id = range.key = what.id;
  range.start = hls::whole_ms(what.utc_us.value_or(begin));
  range.end = range.start + what.duration.value_or(Micros(0)).count();
  range.always = what.at_an_end();
  range.interstitial = true;
  range.tags.push_back(interstitial_tag(what, range.start));
  ranges_.push_back(std::move(range));
}

void HlsCues::warn_of_unreachable(std::int64_t begin_utc_us, std::int64_t end_utc_us) {
  for (const auto& range : ranges_)
    if (range.interstitial && !range.always &&
        (*range.end < begin_utc_us || range.start > end_utc_us))
      log_.warning("interstitial '{}' on {} is outside the presentation, which lasts from {} to {}",
                   range.id, format_utc(range.start), format_utc(begin_utc_us),
                   format_utc(end_utc_us));
}

void HlsCues::tell(const Cue& cue, const WallTime& wall) {
  const std::int64_t date = hls::whole_ms(*wall.at(cue.at)), now = *wall.at(cue.came);
  const auto& info = cue.info;
  if (const auto& insert = info.insert)
    return tell(cue,
                {fmt::format("splice-{:08X}", insert->event), insert->cancelled, insert->out,
                 !insert->out, insert->duration, insert->auto_return},
                date, now);
  for (const auto& each : info.segmentations)
    tell(cue,
         {fmt::format("segmentation-{:08X}-{:02X}", each.event,
                      each.in() ? each.type - 1 : each.type),
          each.cancelled, each.out(), each.in(), each.duration, false},
         date, now);
  if (info.segmentations.empty()) instant(cue, command_key(cue.section), date);
}

void HlsCues::tell(const Cue& cue, const Break& what, std::int64_t date, std::int64_t now) {
  if (what.cancelled) return cancel(what.key, now);
  if (what.out) return begin(cue, what, date);
  if (what.in) return end(cue, what.key, date);
  instant(cue, what.key, date);
}

void HlsCues::begin(const Cue& cue, const Break& what, std::int64_t date) {
  const Range* before = latest(what.key);
  if (before != nullptr && (!before->last() || date < *before->last() || date == before->start))
    return;
  Range& range = add(what.key, date);
  hls::DateRangeWriter tag(range.id, date);
  if (what.duration) {
    range.planned = hls::nearest_ms(Micros(what.duration->micros()));
    range.returns = what.returns;
    tag.seconds("PLANNED-DURATION", *range.planned);
  }
  range.tags.push_back(tag.hex("SCTE35-OUT", cue.section).done());
  const auto endless = [](const Range& r) { return !r.last(); };
  if (std::count_if(ranges_.begin(), ranges_.end(), endless) <= kMostEndless) return;
  const auto oldest = std::find_if(ranges_.begin(), ranges_.end(), endless);
  remember(oldest->key);
  ranges_.erase(oldest);
}

// Where nobody heard of the begin, there is no more to tell than that it ends here.
void HlsCues::end(const Cue& cue, const std::string& key, std::int64_t date) {
  Range* range = latest(key);
  if (range != nullptr && range->end) {
    if (date <= *range->end + kRepeats.count()) return;
    range = nullptr;
  }
  if (range == nullptr || date < range->start) range = &add(key, date);
  close(*range, date, cue.section);
}

void HlsCues::close(Range& range, std::int64_t end, ByteView section) {
  range.end = end;
  hls::DateRangeWriter tag(range.id, range.start);
  tag.date("END-DATE", end).seconds("DURATION", Micros(end - range.start));
  if (!section.empty()) tag.hex("SCTE35-IN", section);
  range.tags.push_back(tag.done());
}

void HlsCues::instant(const Cue& cue, const std::string& key, std::int64_t date) {
  const Range* before = latest(key);
  if (before != nullptr && std::abs(date - before->start) <= kRepeats.count()) return;
  Range& range = add(key, date);
  range.end = date;
  range.tags.push_back(hls::DateRangeWriter(range.id, date)
                           .seconds("DURATION", Micros(0))
                           .hex("SCTE35-CMD", cue.section)
                           .done());
}

// A segmentation that is cancelled does not say its type: every type of the event is meant.
void HlsCues::cancel(const std::string& key, std::int64_t now) {
  const std::string event = key.starts_with("segmentation-") ? key.substr(0, key.rfind('-')) : key;
  std::erase_if(ranges_, [&](const Range& range) {
    const bool never = range.key.starts_with(event) && range.start > now;
    if (never) remember(range.key);
    return never;
  });
}

HlsCues::Range* HlsCues::latest(const std::string& key) {
  const auto found = std::find_if(ranges_.rbegin(), ranges_.rend(),
                                  [&](const Range& range) { return range.key == key; });
  return found == ranges_.rend() ? nullptr : &*found;
}

HlsCues::Range& HlsCues::add(const std::string& key, std::int64_t start) {
  const bool used = used_.contains(key) || latest(key) != nullptr;
  Range range;
  range.key = key;
  range.id = used ? key + "@" + compact(start) : key;
  range.start = start;
  return ranges_.emplace_back(std::move(range));
}

std::vector<hls::DateRangePtr> HlsCues::since(std::int64_t utc_us) const {
  std::vector<hls::DateRangePtr> out;
  for (const auto& range : ranges_)
    if (!range.last() || *range.last() >= utc_us)
      out.insert(out.end(), range.tags.begin(), range.tags.end());
  return out;
}

void HlsCues::forget_before(std::int64_t utc_us) {
  std::erase_if(ranges_, [&](const Range& range) {
    const bool over = range.last() && *range.last() < utc_us;
    if (over) remember(range.key);
    return over;
  });
}

void HlsCues::remember(const std::string& key) {
  if (used_.insert(key).second) used_in_order_.push_back(key);
  for (; used_in_order_.size() > kMostUsed; used_in_order_.pop_front())
    used_.erase(used_in_order_.front());
}

void HlsCues::take_up(const std::vector<hls::MediaPlaylist>& earlier) {
  std::set<std::string> lines;
  for (const auto& playlist : earlier)
    for (const auto& listed : playlist.date_ranges)
      if (lines.insert(listed.range->line).second) read(listed.range);
}

void HlsCues::read(const hls::DateRangePtr& tag) {
  const auto tags = hls::read_tags("#EXTM3U\n" + tag->line);
  if (!tags || tags->lines.size() != 2) return;
  const auto& attributes = tags->lines.back().attributes;
  const auto start = date_of(attributes, "START-DATE");
  if (!start) return;
  const auto same = [&](const Range& range) { return range.id == tag->id; };
  auto found = std::find_if(ranges_.begin(), ranges_.end(), same);
  if (found == ranges_.end()) {
    Range range;
    range.id = tag->id;
    range.key = tag->id.substr(0, tag->id.find('@'));
    range.start = *start;
    ranges_.push_back(std::move(range));
    found = std::prev(ranges_.end());
  }
  if (const auto planned = attributes.micros("PLANNED-DURATION")) found->planned = Micros(*planned);
  if (const auto length = attributes.micros("DURATION")) found->end = *start + *length;
  if (const auto end = date_of(attributes, "END-DATE")) found->end = *end;
  if (attributes.text("CLASS") == kInterstitialClass) {
    const auto cue = attributes.text("CUE").value_or("");
    found->interstitial = true;
    found->always = cue.starts_with("PRE") || cue.starts_with("POST");
    found->end = found->end.value_or(*start);
  }
  found->returns = found->returns || (found->planned && returns_by_itself(attributes));
  found->tags.push_back(tag);
}

}  // namespace weir::publish
