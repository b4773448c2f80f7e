#include "cli/packaging.h"

#include <algorithm>

#include "base/folder_lock.h"
#include "base/gzip.h"
#include "flow/pump.h"
#include "ingest/clocked_input.h"
#include "ingest/jump_repair.h"
#include "publish/hls_publisher.h"
#include "publish/merged_input.h"

namespace weir::cli {
namespace {

using Type = hls::MediaPlaylist::Type;

// As long as the cutter waits for a track.
Micros jump_patience(const PackagingChoice& opt) {
  return opt.hls.segment.value_or(hls::kDefaultTarget) + Micros(2'000'000);
}

// What comes in bursts, as chunks of a ladder do, is not taken for a stall.
Micros gap_after(const PackagingChoice& opt) {
  const Micros segment = opt.hls.segment.value_or(hls::kDefaultTarget);
  return opt.gap_after.value_or(std::max(Micros(6'000'000), segment * 3 / 2));
}

Result<void> pump(const PackagingChoice& opt, Session& session, publish::MergedInput& input,
                  flow::Sink<media::Item>& sink) {
  const Micros patience = gap_after(opt);
  const bool clocked_too = opt.hls.type != Type::kVod && patience.count() > 0;
  // One file alone is packaged soonest on one core: it is copied, no more.
  if (clocked_too || opt.inputs.size() > 1) input.read_ahead(session.stop());
  if (!clocked_too) return flow::pump<media::Item>(input, sink);
  ingest::ClockedInput clocked(input, patience, session.clock(), session.log());
  return flow::pump<media::Item>(clocked, sink);
}

}  // namespace

Result<void> package(PackagingChoice& opt, Session& session) {
  if (opt.segment.count() > 0) opt.hls.segment = opt.segment;
  if (opt.part.count() > 0) opt.hls.part = opt.part;
  if (!opt.program_date_time.empty()) {
    WEIR_TRY_ASSIGN(opt.hls.program_date_time_us, publish::parse_utc(opt.program_date_time));
  }
  WEIR_TRY_ASSIGN(opt.hls.presentation, read_presentation(opt.presentation));
  WEIR_TRY_ASSIGN(opt.hls.interstitials, publish::load_interstitials(opt.interstitials));
  formats::InputOptions reading;
  reading.stop = &session.stop();
  reading.log = &session.log();
  WEIR_TRY_ASSIGN(auto texts, publish::read_texts(opt.texts, &session.stop(), session.log()));
  WEIR_TRY_ASSIGN(const auto input, publish::MergedInput::open(opt.inputs, reading));
  opt.hls.expect_end = input->has_events();
  ThumbnailStage thumbnails;
  WEIR_TRY(thumbnails.plan(opt.thumbnails, input->tracks(), opt.hls));
  WEIR_TRY_ASSIGN(const auto store,
                  open_output(opt.output, opt.http, opt.hls.type != Type::kVod, session));
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

}  // namespace weir::cli
