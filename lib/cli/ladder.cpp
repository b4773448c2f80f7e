#include "cli/ladder.h"

#include "cli/ladder_batch.h"
#include "formats/output.h"
#include "ladder/guard.h"

namespace weir::cli {

Result<void> transcode(LadderChoice& opt, Session& session) {
  keep_freed_memory();
  WEIR_TRY(check(opt));
  WEIR_TRY(read(opt.picture));
  opt.transcode.picture = opt.picture.options;
  WEIR_TRY_ASSIGN(opt.transcode.ladder, ladder::load_ladder(opt.ladder));
  opt.transcode.audio = !opt.no_audio;
  opt.transcode.low_latency = opt.latency == "low";
  opt.transcode.chunks.engine.memory = opt.memory;
  WEIR_TRY_ASSIGN(auto input, open_input(opt.input, session));
  const bool twice = input->seekable() && opt.input != "-";
  const bool batch = opt.mode == "batch" ||
                     (opt.mode.empty() && (twice || !opt.work.empty()) && opt.latency != "low");
  if (opt.adapt && !batch)
    return fail(Code::kUsage, "--adapt needs an input that can be read twice: use --mode batch");
  ladder::RealtimeGuard guard(session.clock(), session.log());
  if (opt.realtime_guard && batch)
    return fail(Code::kUsage, "--realtime-guard is for a live run: use --mode live");
  if (opt.picture.crop_auto() && !batch)
    return fail(Code::kUsage, "--crop auto looks at the input first: use --mode batch, or W:H:X:Y");
  if (opt.realtime_guard) opt.transcode.chunks.guard = &guard;
  if (!batch) opt.transcode.clock = &session.clock();
  Batch prepared;
  if (batch) {
    WEIR_TRY_ASSIGN(input, prepare(opt, std::move(input), session, prepared));
  }
  opt.transcode.total_us = opt.transcode.chunks.profile.empty()
                               ? input->duration().value_or(Micros(0)).count()
                               : opt.transcode.chunks.profile.end().micros();
  WEIR_TRY_ASSIGN(auto transcoder, ladder::Transcoder::open(opt.transcode, input->tracks(),
                                                            session.log(), session.progress()));
  WEIR_TRY_ASSIGN(auto output, formats::open_rendition_output(opt.output, transcoder->tracks()));
  WEIR_TRY(transcoder->run(*input, input->has_events(), *output));
  if (prepared.work && !session.stop().requested()) return prepared.work->clear();
  return {};
}

}  // namespace weir::cli
