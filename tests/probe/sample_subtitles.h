// Subtitles and captions for the sample presentation.
#pragma once

#include <cstring>
#include <string>

#include "probe/sample_presentation.h"

namespace weir::support {

/// Subtitles beside the sample, as they should be.
inline void add_subtitles(const SamplePresentation& sample) {
  std::string playlist = sample.read("s.m3u8");
  for (int i = 0; i < 3; ++i) {
    sample.write(fmt::format("t{}.vtt", i),
                 "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n");
    const std::string media = fmt::format("s{}.m4s", i);
    playlist.replace(playlist.find(media), media.size(), fmt::format("t{}.vtt", i));
  }
  const auto map = playlist.find("#EXT-X-MAP");
  playlist.erase(map, playlist.find('\n', map) + 1 - map);
  sample.write("t.m3u8", playlist);
  sample.edit("main.m3u8", "#EXT-X-STREAM-INF",
              "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=\"en\",LANGUAGE=\"en\",URI="
              "\"t.m3u8\"\n#EXT-X-STREAM-INF");
  std::string main = sample.read("main.m3u8");
  for (std::size_t at = 0; (at = main.find("BANDWIDTH=", at)) != main.npos;) {
    at += std::strlen("BANDWIDTH=");
    const auto end = main.find(',', at);
    main.replace(at, end - at, fmt::format("{}", std::stol(main.substr(at, end - at)) + 230));
  }
  sample.write("main.m3u8", main);
  for (const char* variant : {"a", "b"})
    sample.edit("main.m3u8", fmt::format("AUDIO=\"snd\"\n{}", variant),
                fmt::format("AUDIO=\"snd\",SUBTITLES=\"subs\"\n{}", variant));
}

/// Declares captions that its pictures do not carry.
inline void declare_captions(const SamplePresentation& sample) {
  sample.edit("main.m3u8", "#EXT-X-STREAM-INF",
              "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME=\"en\",LANGUAGE=\"en\","
              "INSTREAM-ID=\"CC1\"\n#EXT-X-STREAM-INF");
  for (const char* variant : {"a", "b"})
    sample.edit("main.m3u8", fmt::format("\"\n{}", variant),
                fmt::format("\",CLOSED-CAPTIONS=\"cc\"\n{}", variant));
}

}  // namespace weir::support
