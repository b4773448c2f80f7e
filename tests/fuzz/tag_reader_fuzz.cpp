// Fuzzes the playlist reader: clang++ -fsanitize=fuzzer,address with lib/hls and lib/base.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "hls/playlist_text.h"
#include "hls/uri.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto playlist = weir::hls::read_playlist(text)) {
    if (const auto* media = playlist->media())
      for (const auto& segment : media->segments)
        (void)weir::hls::resolve_uri("http://host/a/b.m3u8", segment.uri);
  }
  (void)weir::hls::resolve_uri(text, "../c");
  return 0;
}
