// Fuzzes the way from an FLV file to canonical packets, and back into tags.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "flv/muxer.h"
#include "formats/flv_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  weir::flv::TagReader reader;
  reader.feed({data, size});
  weir::formats::FlvStream stream("a file");
  std::size_t bytes = 0;
  weir::media::Tracks tracks;
  std::optional<weir::flv::Muxer> muxer;
  const auto begin = [&] {
    tracks = stream.tracks();
    std::vector<const weir::media::Track*> all;
    for (const auto& track : tracks) all.push_back(&track);
    auto opened = weir::flv::Muxer::open(all, {.nanoseconds = size % 2 == 1});
    if (opened) muxer = std::move(*opened);
    if (muxer) (void)muxer->headers();
  };
  const auto take = [&] {
    if (stream.ready() && tracks.empty()) begin();
    while (stream.ready()) {
      const auto item = stream.next();
      if (!item) return;
      const auto* packet = std::get_if<weir::media::Packet>(&*item);
      if (packet == nullptr) continue;
      bytes += packet->bytes().size();
      if (packet->dts() > packet->pts()) std::abort();
      const auto tags = muxer ? muxer->push(*packet) : std::vector<weir::flv::Tag>();
      if (!tags) continue;
      for (const auto& tag : *tags)
        if (tag.timestamp_ms < 0 || !weir::flv::read_body(tag)) std::abort();
    }
  };
  while (true) {
    const auto tag = reader.next();
    if (!tag || !*tag || !stream.push(**tag)) break;
    take();
  }
  (void)stream.finish();
  take();
  // A frame becomes longer by the parameter sets and start codes that go in front of it, no more.
  if (bytes > 64 * size + (1 << 20)) std::abort();
  return 0;
}
