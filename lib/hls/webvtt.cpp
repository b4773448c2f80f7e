#include "hls/webvtt.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.h"

namespace weir::hls {
namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view kMark{"\xEF\xBB\xBF"};
constexpr std::string_view kSignature{"WEBVTT"};
constexpr std::string_view kArrow{"-->"};
constexpr std::string_view kReplacement{"\xEF\xBF\xBD"};
constexpr std::string_view kBlanks{" \t\f"};
constexpr std::int64_t kMostHours = 100'000;

bool space(char c) {
  return kBlanks.find(c) != kBlanks.npos;
}

bool has_arrow(std::string_view line) {
  return line.find(kArrow) != line.npos;
}

Lines split_lines(std::string_view text) {
  Lines lines(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n' || text[i] == '\r')
      lines.emplace_back();
    else if (text[i] == '\0')
      lines.back() += kReplacement;
    else
      lines.back() += text[i];
  }
  return lines;
}

Result<void> check_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0)
      return fail(
          Code::kBadInput, "line {} is not UTF-8: convert it",
          std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1);
    at += length;
  }
  return {};
}

/// Takes digits from the left of `text`, at least and at most so many.
std::optional<std::int64_t> take_digits(std::string_view& text, std::size_t least,
                                        std::size_t most) {
  std::size_t count = 0;
  while (count < text.size() && count < most && text[count] >= '0' && text[count] <= '9') ++count;
  std::int64_t value = 0;
  if (count < least) return {};
  std::from_chars(text.data(), text.data() + count, value);
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view what) {
  if (!text.starts_with(what)) return false;
  text.remove_prefix(what.size());
  return true;
}

// [hours:]minutes:seconds.milliseconds
std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto first = take_digits(text, 2, 6);
  if (!first || !take(text, ":")) return {};
  auto hours = std::int64_t{0}, minutes = *first;
  auto seconds = take_digits(text, 2, 2);
  if (!seconds) return {};
  if (take(text, ":")) {
    hours = std::exchange(minutes, *seconds);
    seconds = take_digits(text, 2, 2);
  }
  if (!seconds || !take(text, ".")) return {};
  const auto fraction = take_digits(text, 3, 3);
  if (!fraction || hours > kMostHours || minutes > 59 || *seconds > 59) return {};
  return ((hours * 60 + minutes) * 60 + *seconds) * 1000 + *fraction;
}

std::optional<media::Cue> read_times(std::string_view line) {
  media::Cue cue;
  line = trim(line, kBlanks);
  const auto start = take_time(line);
  line = trim(line, kBlanks);
  if (!start || !take(line, kArrow)) return {};
  line = trim(line, kBlanks);
  const auto end = take_time(line);
  if (!end || *end <= *start || (!line.empty() && !space(line.front()))) return {};
  cue.start_ms = *start;
  cue.end_ms = *end;
  cue.settings = trim(line, kBlanks);
  return cue;
}

class Reader {
 public:
  explicit Reader(Lines lines) : lines_(std::move(lines)) {}

  Webvtt read() {
    at_ = 1;
    while (at_ < lines_.size() && !lines_[at_].empty() && !has_arrow(lines_[at_])) ++at_;
    while (at_ < lines_.size())
      if (lines_[at_].empty())
        ++at_;
      else
        read_block();
    std::stable_sort(out_.cues.begin(), out_.cues.end(),
                     [](const auto& a, const auto& b) { return a.start_ms < b.start_ms; });
    return std::move(out_);
  }

 private:
  void read_block() {
    const std::size_t first = at_;
    const bool named = !has_arrow(lines_[at_]) && at_ + 1 < lines_.size();
    if (named && has_arrow(lines_[at_ + 1])) ++at_;
    if (has_arrow(lines_[at_])) return read_cue(first);
    const std::string text = rest_of_block();
    const std::string_view kind = trim(lines_[first], kBlanks);
    if (kind == "STYLE" || kind == "REGION") {
      if (out_.cues.empty()) out_.blocks += text + "\n\n";
      if (!out_.cues.empty()) problem(first, "a STYLE or REGION block behind a cue");
    } else if (kind != "NOTE" && !kind.starts_with("NOTE ") && !kind.starts_with("NOTE\t")) {
      problem(first, "neither a cue nor a block that is known");
    }
  }

  void read_cue(std::size_t first) {
    auto cue = read_times(lines_[at_]);
    const std::size_t times = at_++;
    const std::string text = rest_of_block();
    if (!cue) return problem(times, "a cue whose times cannot be read or do not go forward");
    if (first != times) cue->id = lines_[first];
    cue->text = text;
    out_.cues.push_back(std::move(*cue));
  }

  // A line with an arrow begins a cue, also where the empty line before it is missing.
  std::string rest_of_block() {
    std::string text;
    for (; at_ < lines_.size() && !lines_[at_].empty() && !has_arrow(lines_[at_]); ++at_)
      text += (text.empty() ? "" : "\n") + lines_[at_];
    return text;
  }

  void problem(std::size_t line, std::string what) {
    if (out_.problems.size() < kMaxProblems)
      out_.problems.push_back({static_cast<int>(line) + 1, std::move(what)});
  }

  const Lines lines_;
  std::size_t at_ = 0;
  Webvtt out_;
};

std::string_view without_mark(ByteView bytes) {
  std::string_view text = as_text(bytes);
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

}  // namespace

bool is_webvtt(ByteView bytes) {
  std::string_view text = without_mark(bytes);
  if (!take(text, kSignature)) return false;
  return text.empty() || space(text.front()) || text.front() == '\n' || text.front() == '\r';
}

std::optional<WebvttHeader> webvtt_header(ByteView segment) {
  if (!is_webvtt(segment)) return {};
  WebvttHeader header;
  for (const auto& line : split_lines(without_mark(segment).substr(0, kLongestWebvttHeader))) {
    if (line.empty()) break;
    header.timestamp_map |= line.starts_with("X-TIMESTAMP-MAP=");
  }
  return header;
}

Result<Webvtt> read_webvtt(ByteView bytes) {
  if (!is_webvtt(bytes)) return fail(Code::kBadInput, "it does not begin with WEBVTT");
  const std::string_view text = without_mark(bytes);
  WEIR_TRY(check_utf8(text));
  return Reader(split_lines(text)).read();
}

}  // namespace weir::hls
