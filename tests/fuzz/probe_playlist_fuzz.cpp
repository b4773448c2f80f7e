// Fuzzes the playlist reader and every rule of probe over its text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "hls/playlist_text.h"
#include "probe/check.h"

namespace {

using namespace weir;

probe::Presentation presentation(hls::PlaylistText read, std::vector<hls::Line> lines) {
  probe::Presentation out;
  out.location = "fuzz.m3u8";
  out.lines = lines;
  if (auto* text = std::get_if<hls::MultivariantText>(&read.content)) {
    out.multivariant = std::move(*text);
    out.problems = std::move(read.problems);
    probe::Rendition lost;
    lost.location = "lost.m3u8";
    lost.failure = Error{Code::kIo, "not there"};
    out.renditions.push_back(std::move(lost));
    out.variants.assign(out.multivariant->variants.size(), 0);
    out.media.assign(out.multivariant->media.size(), -1);
    out.iframe_variants.assign(out.multivariant->iframe_variants.size(), 0);
    return out;
  }
  probe::Rendition rendition;
  rendition.location = rendition.name = out.location;
  rendition.text = std::move(std::get<hls::MediaPlaylistText>(read.content));
  rendition.lines = std::move(lines);
  rendition.problems = std::move(read.problems);
  rendition.segments.resize(rendition.text.segments.size());
  out.renditions.push_back(std::move(rendition));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(ByteView(data, size));
  auto read = hls::read_playlist(text);
  auto tags = hls::read_tags(text);
  if (!read || !tags) return 0;
  const auto report =
      probe::check_presentation(presentation(std::move(*read), std::move(tags->lines)));
  for (const auto& finding : report.findings)
    if (finding.rule == nullptr) std::abort();
  (void)probe::playlist_text(report);
  (void)probe::playlist_json(report);
  return 0;
}
