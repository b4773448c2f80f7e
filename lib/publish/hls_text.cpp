#include "publish/hls_text.h"

#include <algorithm>

#include "formats/text_file.h"
#include "hls/language.h"
#include "hls/webvtt.h"

namespace weir::publish {
namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20;
constexpr std::size_t kBegin = 16;  // enough to know WebVTT by
constexpr std::string_view kName{"name="};

/// Takes the last of the words between commas away from `rest`.
std::string_view take_last(std::string_view& rest) {
  const auto comma = rest.rfind(',');
  const std::string_view last = comma == rest.npos ? rest : rest.substr(comma + 1);
  rest = comma == rest.npos ? std::string_view() : rest.substr(0, comma);
  return last;
}

bool take_flag(std::string_view word, TextChoice& choice) {
  if (word == "forced") return choice.forced = true;
  if (word == "sdh") return choice.sdh = true;
  if (word == "default") return choice.is_default = true;
  if (!word.starts_with(kName)) return false;
  choice.name = word.substr(kName.size());
  return true;
}

Result<void> check_choices(const std::vector<TextChoice>& choices) {
  const auto defaults =
      std::count_if(choices.begin(), choices.end(), [](const auto& c) { return c.is_default; });
  if (defaults > 1)
    return fail(Code::kUsage, "{} subtitles are to be the default: there is one at most", defaults);
  return {};
}

Result<void> read_own(HlsText& text, const StopSource* stop, Log& log) {
  const std::string& file = text.choice.file;
  WEIR_TRY_ASSIGN(const Bytes bytes, formats::read_bytes(file, kMostBytes + 1, stop));
  if (bytes.size() > kMostBytes)
    return fail(Code::kBadInput, "'{}' has more than {} bytes: it is no text", file, kMostBytes);
  auto read = hls::read_webvtt(bytes);
  if (!read) return fail(std::move(read).error().within(fmt::format("'{}'", file)));
  for (const auto& cue : read->cues) text.cues.push_back(media::cue_packet(cue));
  text.track.par = media::text_parameters(read->blocks);
  if (!read->problems.empty())
    log.warning("'{}', line {}: {}; {} left out in all", file, read->problems.front().line,
                read->problems.front().what, read->problems.size());
  return {};
}

Result<void> read_other(HlsText& text, const StopSource* stop) {
  const std::string language = hls::language_tag(text.choice.language);
  const auto wanted = [&](std::string_view of) { return hls::language_tag(of) == language; };
  WEIR_TRY_ASSIGN(const auto cues, formats::read_text_file(text.choice.file, wanted, stop));
  for (const auto& cue : cues) text.cues.push_back(media::cue_packet(cue));
  text.track.par = media::text_parameters("");
  return {};
}

Result<HlsText> read_text(const TextChoice& choice, const StopSource* stop, Log& log) {
  HlsText text;
  text.choice = choice;
  text.track.kind = media::Kind::kText;
  text.track.time_base = media::kCueBase;
  text.track.language = hls::language_tag(choice.language);
  text.track.rendition = "text-" + text.track.language;
  WEIR_TRY_ASSIGN(const Bytes begin, formats::read_bytes(choice.file, kBegin, stop));
  WEIR_TRY(hls::is_webvtt(begin) ? read_own(text, stop, log) : read_other(text, stop));
  return text;
}

std::string name_of(const TextChoice& choice) {
  if (!choice.name.empty()) return choice.name;
  return hls::language_tag(choice.language) + (choice.sdh ? " SDH" : "") +
         (choice.forced ? " forced" : "");
}

}  // namespace

Result<TextChoice> parse_text_choice(std::string_view text) {
  TextChoice choice;
  std::string_view rest = text, word = take_last(rest);
  while (take_flag(word, choice)) word = take_last(rest);
  choice.language = word;
  choice.file = rest;
  if (choice.file.empty())
    return fail(Code::kUsage, "'{}' is not FILE,LANG, as in film.vtt,en", text);
  if (hls::language_tag(word) == "und" && word != "und")
    return fail(Code::kUsage,
                "'{}' in '{}' is neither a language, as in film.vtt,en, nor name=, forced, sdh or "
                "default",
                word, text);
  return choice;
}

Result<std::vector<HlsText>> read_texts(const std::vector<TextChoice>& choices,
                                        const StopSource* stop, Log& log) {
  WEIR_TRY(check_choices(choices));
  std::vector<HlsText> out;
  for (const auto& choice : choices) {
    WEIR_TRY_ASSIGN(auto text, read_text(choice, stop, log));
    if (text.cues.empty()) log.warning("'{}' holds no cue", choice.file);
    out.push_back(std::move(text));
  }
  return out;
}

hls::SubtitleRendition subtitle_rendition(const TextChoice& choice, std::string uri) {
  hls::SubtitleRendition out;
  out.name = name_of(choice);
  out.language = hls::language_tag(choice.language);
  out.is_default = choice.is_default;
  out.forced = choice.forced;
  out.sdh = choice.sdh;
  out.uri = std::move(uri);
  return out;
}

}  // namespace weir::publish
