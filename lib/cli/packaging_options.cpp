// The options of packaging.h.
#include <map>

#include "cli/encryption.h"
#include "cli/packaging.h"
#include "cli/text.h"

namespace weir::cli {

using Type = hls::MediaPlaylist::Type;
using Container = publish::HlsOptions::Container;

void bind_packaging(CLI::App& app, PackagingChoice& opt) {
  app.add_option("INPUT", opt.inputs, "Files, URLs, or - for standard input")
      ->capture_default_str();
  app.add_option("-o,--output", opt.output, "Folder to write to, or http(s) URL to put files to")
      ->required();
  const std::map<std::string, Type> types{
      {"vod", Type::kVod}, {"event", Type::kEvent}, {"live", Type::kLive}};
  app.add_option("--playlist", opt.hls.type,
                 "vod: playlists appear at the end; event: they grow; live: a window slides")
      ->transform(CLI::CheckedTransformer(types))
      ->default_str("vod");
  add_duration(app, "--segment", opt.segment,
               "Length of a segment; without it the cut grid's, else 6s")
      ->default_str("");
  add_duration(app, "--part", opt.part,
               "Length of a part, for low latency; without it there are none")
      ->default_str("");
  add_duration(app, "--window", opt.hls.window, "What a live playlist lists");
  add_duration(app, "--gap-after", opt.gap_after,
               "Live, event: list gaps when nothing came for so long; 0 for never")
      ->default_str("");
  const std::map<std::string, Container> containers{
      {"fmp4", Container::kFmp4}, {"ts", Container::kTs}, {"packed", Container::kPacked}};
  app.add_option("--type", opt.hls.container, "Kind of segments")
      ->transform(CLI::CheckedTransformer(containers))
      ->default_str("fmp4");
  opt.hls.iframes = true;
  app.add_flag("--iframes,!--no-iframes", opt.hls.iframes,
               "Write I-frame playlists, for winding through the pictures");
  app.add_flag("--start-anew", opt.hls.start_anew,
               "Live, event: remove what an earlier run left, instead of going on from it");
  app.add_flag("--single-file", opt.hls.single_file,
               "One file for each rendition, with byte ranges in the playlists; VOD only");
  app.add_flag("--dash", opt.hls.dash,
               "Write manifest.mpd too, for DASH players, over the same segments; fmp4 only");
  app.add_flag("--strict", opt.hls.strict,
               "Refuse renditions off the grid and segments that are too long");
  app.add_option("--program-date-time", opt.program_date_time,
                 "UTC of the first picture, as in 2026-11-22T18:49:00Z");
  app.add_option("--interstitials", opt.interstitials,
                 "What players insert by themselves: TOML with [[interstitial]] tables")
      ->type_name("FILE");
  app.add_flag("--gzip", opt.gzip,
               "Put every playlist a second time, compressed, as its name and .gz");
  bind_http(app, opt.http);
  bind_encryption(app, opt.hls.encryption);
  bind_text(app, opt.texts, opt.hls.captions);
  bind_presentation(app, opt.presentation);
  bind_thumbnails(app, opt.thumbnails);
}

}  // namespace weir::cli
