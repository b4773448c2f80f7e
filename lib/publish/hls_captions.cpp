#include "publish/hls_captions.h"

#include <algorithm>

#include "hls/language.h"

namespace weir::publish {
namespace {

constexpr const char* kGroup = "cc";

/// What is before `mark`; `rest` is left with what is behind it.
std::string_view take_until(std::string_view& rest, char mark) {
  const auto at = std::min(rest.find(mark), rest.size());
  const std::string_view out = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return out;
}

Result<CaptionChoice> parse_one(std::string_view word) {
  std::string_view rest = word;
  const auto channel = media::parse_caption_channel(take_until(rest, '='));
  const std::string_view language = take_until(rest, ':');
  if (!channel)
    return fail(Code::kUsage, "'{}' does not begin with CC1 to CC4 or SERVICE1 to SERVICE63", word);
  if (hls::language_tag(language) == "und" && language != "und")
    return fail(Code::kUsage, "'{}' names no language, as in {}=en", word, channel->name());
  return CaptionChoice{*channel, hls::language_tag(language), std::string(rest)};
}

}  // namespace

Result<std::vector<CaptionChoice>> parse_caption_choices(std::string_view text) {
  std::vector<CaptionChoice> out;
  while (out.empty() || !text.empty()) {
    WEIR_TRY_ASSIGN(auto one, parse_one(take_until(text, ',')));
    for (const auto& before : out)
      if (before.channel == one.channel)
        return fail(Code::kUsage, "{} is given twice", one.channel.name());
    out.push_back(std::move(one));
  }
  return out;
}

HlsCaptions::HlsCaptions(const media::Tracks& tracks, std::vector<CaptionChoice> choices)
    : choices_(std::move(choices)) {
  for (const auto& track : tracks)
    if (track.video()) finders_.emplace(track.index, track.codec());
  for (const auto& choice : choices_) channels_.insert(choice.channel);
}

void HlsCaptions::take(const media::Packet& packet) {
  const auto finder = finders_.find(packet.track());
  if (finder == finders_.end()) return;
  const std::size_t before = finder->second.found().size();
  finder->second.take(packet);
  if (finder->second.found().size() != before) collect();
}

void HlsCaptions::change(const media::Track& track) {
  const auto finder = finders_.find(track.index);
  if (finder == finders_.end()) return;
  finder->second.finish();
  collect();
  finders_.erase(finder);
  finders_.emplace(track.index, track.codec());
}

void HlsCaptions::finish(Log& log) {
  for (auto& [track, finder] : finders_) finder.finish();
  collect();
  for (const auto& choice : choices_)
    if (!found_.contains(choice.channel))
      log.warning("{} is listed as asked for, but no picture carries it", choice.channel.name());
}

void HlsCaptions::collect() {
  for (const auto& [track, finder] : finders_)
    found_.insert(finder.found().begin(), finder.found().end());
  channels_.insert(found_.begin(), found_.end());
}

std::vector<hls::CaptionRendition> HlsCaptions::renditions() const {
  std::vector<hls::CaptionRendition> out;
  std::set<std::string> names, languages;
  for (const auto& channel : channels_) {
    const CaptionChoice* known = choice(channel);
    hls::CaptionRendition one;
    one.group = kGroup;
    one.language = known != nullptr ? known->language : "und";
    one.name = known == nullptr ? channel.name() : known->name.empty() ? one.language : known->name;
    if (!names.insert(one.name).second)
      names.insert(one.name = fmt::format("{} ({})", one.name, channel.name()));
    one.autoselect = languages.insert(one.language).second;
    one.instream_id = channel.name();
    out.push_back(std::move(one));
  }
  return out;
}

const CaptionChoice* HlsCaptions::choice(const media::CaptionChannel& channel) const {
  const auto found = std::ranges::find(choices_, channel, &CaptionChoice::channel);
  return found == choices_.end() ? nullptr : &*found;
}

}  // namespace weir::publish
