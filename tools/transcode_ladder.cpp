// transcode-ladder: encode a stream into the renditions of a ladder.
#include <string>

#include "base/store.h"
#include "cli/run.h"
#include "formats/input.h"
#include "formats/output.h"
#include "formats/spool.h"
#include "ladder/adapt.h"
#include "ladder/effort.h"
#include "ladder/guard.h"
#include "ladder/job.h"
#include "ladder/scratch.h"
#include "ladder/transcoder.h"

namespace {

using namespace weir;

struct Options {
  cli::Common common;
  std::string input = "-";
  std::string output = "-";
  std::string ladder = "launch";
  std::string mode;
  std::string latency = "chunk";
  std::string work;
  std::int64_t memory = std::int64_t{2} << 30;
  bool no_audio = false;
  bool realtime_guard = false;
  bool adapt = false;
  ladder::TranscodeOptions transcode;
};

void define_engine(CLI::App& app, Options& opt) {
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
  cli::add_bytes(app, "--memory", opt.memory, "Bound of the memory");
  app.add_option("--work", opt.work,
                 "Folder for finished chunks: the same command goes on where a killed one stopped")
      ->type_name("DIR");
}

void define(CLI::App& app, Options& opt) {
  cli::bind(app, opt.common);
  app.add_option("INPUT", opt.input, "File, URL, or - for standard input")->capture_default_str();
  app.add_option("-o,--output", opt.output,
                 "File or - for the pipe stream, or 'DIR/{rendition}.mp4' for a file each")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--ladder", opt.ladder, "launch, apple-avc, or a ladder file (TOML)")
      ->type_name("NAME|FILE")
      ->capture_default_str();
  cli::add_duration(app, "--gop", opt.transcode.grid.gop, "A key frame at least this often");
  cli::add_duration(app, "--segment", opt.transcode.grid.segment,
                    "Length of a segment on the cut grid");
  define_engine(app, opt);
  app.add_flag("--no-audio", opt.no_audio, "Leave the sound out");
}

Result<void> check(const Options& opt) {
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

Result<std::unique_ptr<formats::Input>> open_input(const std::string& url, cli::Session& session) {
  return formats::Input::open(url, {&session.stop(), &session.log(), {}, {}});
}

/// To look ahead; what is odd in the input is said when it is read for good.
Result<std::unique_ptr<formats::Input>> open_quietly(const std::filesystem::path& file,
                                                     cli::Session& session) {
  return formats::Input::open(file.string(), {&session.stop(), nullptr, {}, {}});
}

/// What a batch has beside its input.
struct Batch {
  std::optional<ladder::Scratch> scratch;  // holds the spool when there is no work folder
  std::unique_ptr<ladder::Work> work;
};

/// Reads the input once more, up to its last sample.
Result<void> adapt(Options& opt, const std::filesystem::path& file, cli::Session& session) {
  WEIR_TRY_ASSIGN(auto input, open_quietly(file, session));
  WEIR_TRY_ASSIGN(auto adapted, ladder::adapt_ladder(opt.transcode, input->tracks(), *input));
  for (const auto& reason : adapted.reasons) session.log().info("{}", reason);
  opt.transcode.ladder.renditions = std::move(adapted.rungs);
  return {};
}

/// Reads the whole input once: into a file if it comes only once, and for its profile.
Result<std::unique_ptr<formats::Input>> prepare(Options& opt, std::unique_ptr<formats::Input> input,
                                                cli::Session& session, Batch& batch) {
  std::filesystem::path file = opt.input;
  if (opt.input == "-" || !input->seekable()) {
    if (opt.work.empty()) {
      WEIR_TRY_ASSIGN(auto scratch, ladder::Scratch::make(ladder::Place::kDisk));
      batch.scratch.emplace(std::move(scratch));
    }
    const std::filesystem::path folder =
        batch.scratch ? batch.scratch->folder() : std::filesystem::path(opt.work);
    WEIR_TRY(FolderStore::open(folder.string()));
    file = folder / ladder::Work::kSpool;
    WEIR_TRY_ASSIGN(const auto spooled, formats::spool(*input, file));
    if (!spooled.input) session.log().warning("{}", spooled.input.error().what);
  }
  auto& chunks = opt.transcode.chunks;
  WEIR_TRY_ASSIGN(auto scanned, open_quietly(file, session));
  if (const auto* video = media::main_video(scanned->tracks())) {
    WEIR_TRY_ASSIGN(chunks.profile, ladder::scan(*scanned, video->index));
  }
  if (opt.adapt) WEIR_TRY(adapt(opt, file, session));
  if (!opt.work.empty()) {
    WEIR_TRY_ASSIGN(batch.work, ladder::Work::open(opt.work, ladder::describe_job(opt.transcode)));
    chunks.work = batch.work.get();
  }
  return open_input(file.string(), session);
}

Result<void> transcode(Options& opt, cli::Session& session) {
  cli::keep_freed_memory();
  WEIR_TRY(check(opt));
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

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Encode a stream into the renditions of a ladder, all cut on one grid.",
               "transcode-ladder"};
  Options opt;
  define(app, opt);
  if (const auto status = cli::parse(app, argc, argv)) return *status;
  return cli::run("transcode-ladder", opt.common,
                  [&](cli::Session& session) { return transcode(opt, session); });
}
