// The options of ladder.h, and which of them go together.
#include "cli/ladder.h"
#include "ladder/effort.h"

namespace weir::cli {
namespace {

void define_engine(CLI::App& app, LadderChoice& opt) {
  auto& chunks = opt.transcode.chunks;
  app.add_option(
         "--mode", opt.mode,
         "batch knows the whole input before it begins, live does not; batch when the input "
         "can be read twice, else live")
      ->check(CLI::IsMember({"batch", "live"}));
  app.add_option("--latency", opt.latency,
                 "Of live: chunk waits for a chunk (--gop), low for nothing, for less quality")
      ->check(CLI::IsMember({"chunk", "low"}))
      ->capture_default_str();
  app.add_option("--preset", chunks.engine.preset, "Effort of x264, ultrafast to placebo")
      ->check(CLI::IsMember(ladder::preset_names()))
      ->capture_default_str();
  app.add_option("--quality", chunks.quality,
                 "Constant quality (x264's CRF) under the ladder's peak rates, instead of its "
                 "average rates")
      ->check(CLI::Range(0.0, 51.0))
      ->type_name("N");
  app.add_flag("--adapt", opt.adapt,
               "Fit the ladder to the content: lower rates that bring nothing, leave rungs out");
  app.add_flag("--realtime-guard", opt.realtime_guard,
               "Of live: lower the effort, then drop renditions, where it cannot keep up");
  app.add_option("--jobs", chunks.engine.jobs,
                 "Encoders that work at the same time; 0 for all cores")
      ->check(CLI::Range(0, 1024))
      ->type_name("N")
      ->capture_default_str();
  add_bytes(app, "--memory", opt.memory, "Bound of the memory");
  app.add_option("--work", opt.work,
                 "Folder for finished chunks: the same command goes on where a killed one stopped")
      ->type_name("DIR");
}

}  // namespace

void bind_ladder(CLI::App& app, LadderChoice& opt) {
  app.add_option("INPUT", opt.input, "File, URL, or - for standard input")->capture_default_str();
  app.add_option("-o,--output", opt.output,
                 "File or - for the pipe stream, or 'DIR/{rendition}.mp4' for a file each")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--ladder", opt.ladder, "launch, apple-avc, or a ladder file (TOML)")
      ->type_name("NAME|FILE")
      ->capture_default_str();
  add_duration(app, "--gop", opt.transcode.grid.gop, "A key frame at least this often");
  add_duration(app, "--segment", opt.transcode.grid.segment, "Length of a segment on the cut grid");
  define_engine(app, opt);
  app.add_flag("--no-audio", opt.no_audio, "Leave the sound out");
  bind_picture(app, opt.picture);
}

Result<void> check(const LadderChoice& opt) {
  if (opt.transcode.grid.gop.count() <= 0 || opt.transcode.grid.segment.count() <= 0)
    return fail(Code::kUsage, "--gop and --segment must be longer than 0s");
  const bool low = opt.latency == "low";
  if (low && opt.mode == "batch") return fail(Code::kUsage, "--latency low is for --mode live");
  if (low && (opt.transcode.chunks.quality || !opt.work.empty()))
    return fail(Code::kUsage, "--quality and --work need chunks: leave --latency low out");
  if (opt.realtime_guard && (low || opt.mode == "batch"))
    return fail(Code::kUsage, "--realtime-guard is for --mode live with --latency chunk");
  if (opt.mode == "live" && !opt.work.empty())
    return fail(Code::kUsage, "--work is for --mode batch: a live input does not come again");
  if (opt.adapt && opt.transcode.chunks.quality)
    return fail(Code::kUsage, "--adapt fits average rates and --quality has none: leave one out");
  return {};
}

}  // namespace weir::cli
