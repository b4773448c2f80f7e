// Reads the files in which Go's fuzzer keeps its inputs.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace weir::support {

/// The escapes of a Go string literal undone.
inline Bytes unquote_go(std::string_view text) {
  static constexpr std::string_view kNames = "abfnrtv\\'\"";
  static constexpr std::string_view kBytes = "\a\b\f\n\r\t\v\\'\"";
  Bytes out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out.push_back(static_cast<std::uint8_t>(text[i]));
      continue;
    }
    const char kind = text[++i];
    if (const auto found = kNames.find(kind); found != std::string_view::npos) {
      out.push_back(static_cast<std::uint8_t>(kBytes[found]));
    } else if (kind == 'x') {
      out.push_back(
          static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
      i += 2;
    } else if (kind >= '0' && kind <= '7') {
      out.push_back(
          static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 3)), nullptr, 8)));
      i += 2;
    }
  }
  return out;
}

/// Every []byte of the file in order.
inline Bytes read_go_corpus(const std::filesystem::path& path) {
  std::ifstream in(path);
  Bytes out;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("[]byte(\"") || !line.ends_with("\")")) continue;
    const Bytes more = unquote_go(std::string_view(line).substr(8, line.size() - 10));
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

/// The inputs in one folder.
inline std::vector<Bytes> read_go_corpora(const std::filesystem::path& folder) {
  std::vector<Bytes> out;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
    out.push_back(read_go_corpus(entry.path()));
  return out;
}

}  // namespace weir::support
