// Texts a caller gives beside the stream: subtitles from files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "base/stop.h"
#include "hls/playlist.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::publish {

struct TextChoice {
  std::string file;      ///< Or a URL.
  std::string language;  ///< BCP 47.
  std::string name;      ///< As players show it; "": made from the language.
  bool forced = false;   ///< Only what has to be shown to everybody.
  bool sdh = false;      ///< For the deaf and hard of hearing: sounds are described as well.
  bool is_default = false;
};

/// "FILE,LANG[,name=NAME][,forced][,sdh][,default]"; a comma in FILE is no harm, one in NAME is
/// not possible. kUsage otherwise.
Result<TextChoice> parse_text_choice(std::string_view text);

struct HlsText {
  TextChoice choice;
  media::Track track;               ///< Named "text-LANG"; its index is the publisher's to give.
  std::vector<media::Packet> cues;  ///< By their begin; 0 is the begin of the presentation.
};

/// Reads the files: WebVTT as it is, with its styles and settings, and what formats::
/// read_text_file() reads. Cues that are damaged are left out and said.
/// Failure    kUsage for choices that contradict each other; that of a file, which is named.
Result<std::vector<HlsText>> read_texts(const std::vector<TextChoice>& choices,
                                        const StopSource* stop, Log& log);

/// What the multivariant playlist says of it; `uri` of its playlist. The name may not be unique.
hls::SubtitleRendition subtitle_rendition(const TextChoice& choice, std::string uri);

}  // namespace weir::publish
