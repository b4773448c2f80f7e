// hls-segment: cut a stream into HLS segments and keep the playlists current.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/folder_lock.h"
#include "base/gzip.h"
#include "cli/encryption.h"
#include "cli/output.h"
#include "cli/presentation.h"
#include "cli/run.h"
#include "cli/text.h"
#include "cli/thumbnails.h"
#include "flow/pump.h"
#include "ingest/clocked_input.h"
#include "ingest/jump_repair.h"
#include "publish/hls_publisher.h"
#include "publish/merged_input.h"

namespace {

using namespace weir;
using Type = hls::MediaPlaylist::Type;
using Container = publish::HlsOptions::Container;

struct Options {
  cli::Common common;
  std::vector<std::string> inputs{"-"};
  std::string output;
  cli::HttpOutput http;
  Micros segment{}, part{};
  std::optional<Micros> gap_after;
  std::string program_date_time, interstitials;
  bool gzip = false;
  publish::HlsOptions hls;
  cli::Presentation presentation;
  cli::Thumbnails thumbnails;
  std::vector<publish::TextChoice> texts;
};

void define(CLI::App& app, Options& opt) {
  cli::bind(app, opt.common);
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
  cli::add_duration(app, "--segment", opt.segment,
                    "Length of a segment; without it the cut grid's, else 6s")
      ->default_str("");
  cli::add_duration(app, "--part", opt.part,
                    "Length of a part, for low latency; without it there are none")
      ->default_str("");
  cli::add_duration(app, "--window", opt.hls.window, "What a live playlist lists");
  cli::add_duration(app, "--gap-after", opt.gap_after,
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
  cli::bind_http(app, opt.http);
  cli::bind_encryption(app, opt.hls.encryption);
  cli::bind_text(app, opt.texts, opt.hls.captions);
  cli::bind_presentation(app, opt.presentation);
  cli::bind_thumbnails(app, opt.thumbnails);
}

// As long as the cutter waits for a track.
Micros jump_patience(const Options& opt) {
  return opt.hls.segment.value_or(hls::kDefaultTarget) + Micros(2'000'000);
}

// What comes in bursts, as chunks of a ladder do, is not taken for a stall.
Micros gap_after(const Options& opt) {
  const Micros segment = opt.hls.segment.value_or(hls::kDefaultTarget);
  return opt.gap_after.value_or(std::max(Micros(6'000'000), segment * 3 / 2));
}

Result<void> pump(const Options& opt, cli::Session& session, publish::MergedInput& input,
                  flow::Sink<media::Item>& sink) {
  const Micros patience = gap_after(opt);
  const bool clocked_too = opt.hls.type != Type::kVod && patience.count() > 0;
  // One file alone is packaged soonest on one core: it is copied, no more.
  if (clocked_too || opt.inputs.size() > 1) input.read_ahead(session.stop());
  if (!clocked_too) return flow::pump<media::Item>(input, sink);
  ingest::ClockedInput clocked(input, patience, session.clock(), session.log());
  return flow::pump<media::Item>(clocked, sink);
}

Result<void> segment(Options& opt, cli::Session& session) {
  if (opt.segment.count() > 0) opt.hls.segment = opt.segment;
  if (opt.part.count() > 0) opt.hls.part = opt.part;
  if (!opt.program_date_time.empty()) {
    WEIR_TRY_ASSIGN(opt.hls.program_date_time_us, publish::parse_utc(opt.program_date_time));
  }
  WEIR_TRY_ASSIGN(opt.hls.presentation, cli::read_presentation(opt.presentation));
  WEIR_TRY_ASSIGN(opt.hls.interstitials, publish::load_interstitials(opt.interstitials));
  formats::InputOptions reading;
  reading.stop = &session.stop();
  reading.log = &session.log();
  WEIR_TRY_ASSIGN(auto texts, publish::read_texts(opt.texts, &session.stop(), session.log()));
  WEIR_TRY_ASSIGN(const auto input, publish::MergedInput::open(opt.inputs, reading));
  opt.hls.expect_end = input->has_events();
  cli::ThumbnailStage thumbnails;
  WEIR_TRY(thumbnails.plan(opt.thumbnails, input->tracks(), opt.hls));
  WEIR_TRY_ASSIGN(const auto store,
                  cli::open_output(opt.output, opt.http, opt.hls.type != Type::kVod, session));
  std::optional<FolderLock> lock;
  if (opt.output.find("://") == opt.output.npos) {
    WEIR_TRY_ASSIGN(FolderLock taken, FolderLock::take(opt.output));
    lock.emplace(std::move(taken));
  }
  GzipStore twice(*store, opt.gzip);
  const publish::HlsServices services{
      twice,           session.clock(),
      session.log(),   session.progress(),
      &session.stop(), input->duration().value_or(Micros(0)).count()};
  WEIR_TRY_ASSIGN(const auto publisher, publish::HlsPublisher::open(input->tracks(), opt.hls,
                                                                    services, std::move(texts)));
  WEIR_TRY_ASSIGN(auto* const first, thumbnails.before(input->tracks(), *publisher));
  if (input->has_events()) return pump(opt, session, *input, *first);
  ingest::JumpRepair repaired(input->tracks(), jump_patience(opt), session.log(), *first);
  return pump(opt, session, *input, repaired);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Cut a stream into HLS segments and keep the playlists current.", "hls-segment"};
  Options opt;
  define(app, opt);
  if (const auto status = cli::parse(app, argc, argv)) return *status;
  return cli::run("hls-segment", opt.common,
                  [&](cli::Session& session) { return segment(opt, session); });
}
