// The cases of tests/safety/text/cases.tsv.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "safety/text/hits.h"
#include "safety/text/utf8_put.h"
#include "support/screens.h"

namespace weir::support {

struct WordCase {
  int line = 0;
  std::string rule;  ///< "-": none may find anything.
  std::string text;
  std::vector<safety::Span> spans;  ///< What the rule must find.
};

/// "\u{200b}" becomes the character.
inline std::string unescape(std::string text) {
  for (auto at = text.find("\\u{"); at != text.npos; at = text.find("\\u{", at)) {
    const auto end = text.find('}', at);
    char bytes[safety::kLongestUtf8];
    const auto number = std::strtoul(text.c_str() + at + 3, nullptr, 16);
    const auto size = safety::put_utf8(static_cast<char32_t>(number), bytes);
    text.replace(at, end + 1 - at, std::string(bytes, size));
    at += size;
  }
  return text;
}

/// Takes « and » out of the text of a case.
inline void take_spans(WordCase& out) {
  const std::string open = "«", close = "»";
  for (auto at = out.text.find(open); at != out.text.npos; at = out.text.find(open)) {
    out.text.erase(at, open.size());
    const auto end = out.text.find(close);
    out.text.erase(end, close.size());
    out.spans.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)});
  }
}

inline std::vector<WordCase> word_cases() {
  std::vector<WordCase> out;
  std::ifstream file(safety_text_file("cases.tsv"));
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const auto tab = line.find('\t');
    if (line.starts_with('#') || tab == line.npos) continue;
    WordCase one{number, line.substr(0, tab), unescape(line.substr(tab + 1)), {}};
    take_spans(one);
    out.push_back(std::move(one));
  }
  return out;
}

/// The list they are for.
inline safety::WordList word_case_list() {
  const std::vector<std::string> files{safety_text_file("cases.toml")};
  return must(safety::load_word_lists(files));
}

}  // namespace weir::support
