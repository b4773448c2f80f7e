#include "net/content_type.h"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::net {

std::string_view content_type(std::string_view name) {
  using Row = std::pair<std::string_view, std::string_view>;
  constexpr std::array kTypes{
      Row{"m3u8", "application/vnd.apple.mpegurl"},
      Row{"mpd", "application/dash+xml"},
      Row{"m4s", "video/iso.segment"},
      Row{"mp4", "video/mp4"},
      Row{"m4v", "video/mp4"},
      Row{"m4a", "audio/mp4"},
      Row{"ts", "video/mp2t"},
      Row{"aac", "audio/aac"},
      Row{"ac3", "audio/ac3"},
      Row{"ec3", "audio/eac3"},
      Row{"eac3", "audio/eac3"},
      Row{"mp3", "audio/mpeg"},
      Row{"vtt", "text/vtt"},
      Row{"jpg", "image/jpeg"},
      Row{"json", "application/json"},
      Row{"gz", "application/gzip"},
  };
  const auto dot = name.rfind('.');
  const auto ending = dot == name.npos ? "" : name.substr(dot + 1);
  const auto row = std::find_if(kTypes.begin(), kTypes.end(),
                                [&](const Row& each) { return each.first == ending; });
  return row == kTypes.end() ? "application/octet-stream" : row->second;
}

}  // namespace weir::net
