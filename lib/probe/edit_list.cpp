#include "probe/edit_list.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <limits>
#include <string_view>

#include "media/av_ptr.h"
#include "probe/boxes.h"

namespace weir::probe {
namespace {

constexpr std::size_t kMostTracks = 1000;
constexpr std::size_t kMostEdits = 1000;
constexpr std::int64_t kMostBytes = 64 << 20;

/// Big-endian numbers from the front; 0 behind the end.
class Numbers {
 public:
  explicit Numbers(ByteView bytes) : rest_(bytes) {}
  std::uint64_t take(std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | (i < rest_.size() ? rest_[i] : 0);
    skip(size);
    return value;
  }
  void skip(std::size_t size) { rest_ = rest_.subspan(std::min(size, rest_.size())); }
  bool empty() const { return rest_.empty(); }

 private:
  ByteView rest_;
};

void for_boxes(ByteView bytes, const std::function<void(std::string_view, ByteView)>& visit) {
  while (bytes.size() >= 8) {
    const std::size_t declared = Numbers(bytes).take(4);
    if (declared < 8) return;
    const std::size_t size = std::min(declared, bytes.size());
    visit(as_text(bytes.subspan(4, 4)), bytes.first(size).subspan(8));
    bytes = bytes.subspan(size);
  }
}

std::int64_t read_scale(ByteView header) {
  Numbers numbers(header);
  const bool wide = numbers.take(1) == 1;
  numbers.skip(wide ? 3 + 16 : 3 + 8);
  return static_cast<std::int64_t>(numbers.take(4));
}

std::int64_t micros(std::uint64_t ticks, std::int64_t scale) {
  const auto most =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 2'000'000);
  if (scale <= 0) return 0;
  return av_rescale(static_cast<std::int64_t>(std::min(ticks, most)), 1'000'000, scale);
}

struct Scales {
  std::int64_t movie = 0;
  std::int64_t media = 0;
};

std::vector<EditEntry> read_edits(ByteView elst, const Scales& scales) {
  Numbers numbers(elst);
  const std::size_t width = numbers.take(1) == 1 ? 8 : 4;
  numbers.skip(3);
  const std::uint64_t count = numbers.take(4);
  const std::uint64_t nothing = width == 8 ? ~std::uint64_t{0} : 0xffffffffu;
  std::vector<EditEntry> edits;
  for (std::uint64_t i = 0; i < count && i < kMostEdits && !numbers.empty(); ++i) {
    EditEntry edit;
    edit.duration_us = micros(numbers.take(width), scales.movie);
    const std::uint64_t at = numbers.take(width);
    edit.media_us = at == nothing ? -1 : micros(at, scales.media);
    edit.rate = static_cast<double>(static_cast<std::int32_t>(numbers.take(4))) / 65536;
    edits.push_back(edit);
  }
  return edits;
}

TrackEdits read_track(ByteView trak, std::int64_t movie_scale) {
  TrackEdits track;
  Scales scales{movie_scale, 0};
  ByteView elst;
  for_boxes(trak, [&](std::string_view type, ByteView content) {
    if (type == "edts")
      for_boxes(content, [&](std::string_view inner, ByteView list) {
        if (inner == "elst") elst = list;
      });
    if (type != "mdia") return;
    for_boxes(content, [&](std::string_view inner, ByteView box) {
      if (inner == "mdhd") scales.media = read_scale(box);
      if (inner == "hdlr" && box.size() >= 12) track.handler = as_text(box.subspan(8, 4));
    });
  });
  if (!elst.empty()) track.edits = read_edits(elst, scales);
  return track;
}

}  // namespace

std::vector<TrackEdits> read_edit_lists(ByteView moov) {
  std::vector<TrackEdits> tracks;
  std::int64_t scale = 0;
  for_boxes(moov, [&](std::string_view type, ByteView content) {
    if (type == "mvhd") scale = read_scale(content);
    if (type != "trak" || tracks.size() >= kMostTracks) return;
    TrackEdits track = read_track(content, scale);
    if (track.handler == "vide" || track.handler == "soun") tracks.push_back(std::move(track));
  });
  return tracks;
}

std::vector<TrackEdits> edit_lists_of(const std::string& path) {
  const auto boxes = top_boxes(path);
  const auto moov = std::ranges::find(boxes, "moov", &TopBox::type);
  if (moov == boxes.end() || moov->present > kMostBytes || moov->present < 8) return {};
  Bytes bytes(static_cast<std::size_t>(moov->present));
  std::ifstream file(path, std::ios::binary);
  if (!file.seekg(moov->at) ||
      !file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())))
    return {};
  return read_edit_lists(ByteView(bytes).subspan(8));
}

}  // namespace weir::probe
