#include "probe/boxes.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

namespace weir::probe {
namespace {

constexpr std::size_t kMostBoxes = 100'000;
constexpr std::array<std::string_view, 8> kFirst{"ftyp", "styp", "moov", "moof",
                                                 "mdat", "free", "wide", "skip"};

std::int64_t number(const char* bytes, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return static_cast<std::int64_t>(value);
}

std::optional<TopBox> read_box(std::ifstream& file, std::int64_t at, std::int64_t left) {
  std::array<char, 16> header{};
  if (left < 8 || !file.seekg(at) || !file.read(header.data(), 8)) return {};
  TopBox box{std::string(&header[4], 4), at, number(header.data(), 4), 0};
  std::int64_t least = 8;
  if (box.declared == 0) box.declared = left;
  if (box.declared == 1) {
    if (!file.read(&header[8], 8)) return {};
    box.declared = number(&header[8], 8);
    least = 16;
  }
  if (box.declared < least) return {};
  box.present = std::min(box.declared, left);
  return box;
}

}  // namespace

std::vector<TopBox> top_boxes(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return {};
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
  std::ifstream file(path, std::ios::binary);
  std::vector<TopBox> boxes;
  std::int64_t at = 0;
  while (!error && at < size && boxes.size() < kMostBoxes) {
    auto box = read_box(file, at, size - at);
    if (!box || (at == 0 && std::ranges::find(kFirst, box->type) == kFirst.end())) break;
    at += box->present;
    boxes.push_back(std::move(*box));
  }
  return boxes;
}

}  // namespace weir::probe
