#include "formats/ass_cue.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

namespace weir::formats {
namespace {

constexpr int kFieldsBeforeText = 8;  // ReadOrder, Layer, Style, Name, three margins, Effect

class AssLine {
 public:
  explicit AssLine(std::string_view text) {
    while (!text.empty()) {
      if (text.starts_with("\\N") || text.starts_with("\\n"))
        text.remove_prefix(2), new_line();
      else if (text.starts_with("\\h"))
        text.remove_prefix(2), cue_.text += ' ';
      else if (const auto end = text.find('}'); text.front() == '{' && end != text.npos)
        override(text.substr(1, end - 1)), text.remove_prefix(end + 1);
      else
        take(text.front()), text.remove_prefix(1);
    }
    for (; !open_.empty(); open_.pop_back()) close(open_.back());
    while (!cue_.text.empty() && cue_.text.back() == '\n') cue_.text.pop_back();
  }

  media::Cue cue() { return std::move(cue_); }

 private:
  // An empty line would end the cue.
  void new_line() {
    if (!cue_.text.empty() && cue_.text.back() != '\n') cue_.text += '\n';
  }

  void take(char c) {
    if (c == '\n' || c == '\r') return new_line();
    if (c == '&')
      cue_.text += "&amp;";
    else if (c == '<')
      cue_.text += "&lt;";
    else if (c == '>')
      cue_.text += "&gt;";
    else if (c != '\0')
      cue_.text += c;
  }

  void override(std::string_view codes) {
    while (!codes.empty()) {
      codes.remove_prefix(std::min(codes.find('\\'), codes.size()));
      if (codes.empty()) return;
      codes.remove_prefix(1);
      one(codes.substr(0, codes.find('\\')));
    }
  }

  void one(std::string_view code) {
    if (code.size() == 2 && (code[0] == 'i' || code[0] == 'b' || code[0] == 'u'))
      mark(code[0], code[1] != '0');
    if (code.size() == 3 && code.starts_with("an")) place(code[2] - '0');
    if (code == "r")
      for (; !open_.empty(); open_.pop_back()) close(open_.back());
  }

  // Tags of WebVTT nest: those inside end with it and begin again.
  void mark(char kind, bool on) {
    const auto at = open_.find(kind);
    if (on == (at != open_.npos)) return;
    if (on) {
      open_ += kind;
      cue_.text += fmt::format("<{}>", kind);
      return;
    }
    const std::string inside = open_.substr(at + 1);
    for (; open_.size() > at; open_.pop_back()) close(open_.back());
    for (const char other : inside) mark(other, true);
  }
  void close(char kind) { cue_.text += fmt::format("</{}>", kind); }

  // As the keys of a number pad lie; 2, below in the middle, is where cues are anyway.
  void place(int key) {
    static constexpr std::array<const char*, 3> kLines{"", "line:50%", "line:0"};
    static constexpr std::array<const char*, 3> kSides{"align:left", "", "align:right"};
    if (key < 1 || key > 9) return;
    const std::string line = kLines[static_cast<std::size_t>((key - 1) / 3)];
    const std::string side = kSides[static_cast<std::size_t>((key - 1) % 3)];
    cue_.settings = line + (line.empty() || side.empty() ? "" : " ") + side;
  }

  media::Cue cue_;
  std::string open_;  // tags that are open, the outermost first
};

}  // namespace

media::Cue cue_from_ass(std::string_view event) {
  for (int i = 0; i < kFieldsBeforeText && event.find(',') != event.npos; ++i)
    event.remove_prefix(event.find(',') + 1);
  return AssLine(event).cue();
}

}  // namespace weir::formats
