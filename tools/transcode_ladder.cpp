// transcode-ladder: encode a stream into the renditions of a ladder.
#include <string>

#include "cli/run.h"
#include "formats/input.h"
#include "formats/output.h"
#include "ladder/transcoder.h"

namespace {

using namespace weir;

struct Options {
  cli::Common common;
  std::string input = "-";
  std::string output = "-";
  std::string ladder = "launch";
  std::int64_t memory = std::int64_t{2} << 30;
  bool no_audio = false;
  ladder::TranscodeOptions transcode;
};

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
  app.add_option("--preset", opt.transcode.chunks.engine.preset, "Effort of x264, ultrafast to placebo")
      ->check(CLI::IsMember({"ultrafast", "superfast", "veryfast", "faster", "fast", "medium",
                             "slow", "slower", "veryslow", "placebo"}))
      ->capture_default_str();
  app.add_option("--jobs", opt.transcode.chunks.engine.jobs,
                 "Renditions encoded at the same time; 0 for all cores")
      ->check(CLI::Range(0, 1024))
      ->type_name("N")
      ->capture_default_str();
  cli::add_bytes(app, "--memory", opt.memory, "Bound of the memory for pictures in work");
  app.add_flag("--no-audio", opt.no_audio, "Leave the sound out");
}

Result<void> transcode(Options& opt, cli::Session& session) {
  if (opt.transcode.grid.gop.count() <= 0 || opt.transcode.grid.segment.count() <= 0)
    return fail(Code::kUsage, "--gop and --segment must be longer than 0s");
  WEIR_TRY_ASSIGN(opt.transcode.ladder, ladder::load_ladder(opt.ladder));
  opt.transcode.audio = !opt.no_audio;
  opt.transcode.chunks.engine.memory = opt.memory;
  WEIR_TRY_ASSIGN(auto input,
                  formats::Input::open(opt.input, {&session.stop(), &session.log(), {}, {}}));
  opt.transcode.total_us = input->duration().value_or(Micros(0)).count();
  WEIR_TRY_ASSIGN(auto transcoder, ladder::Transcoder::open(opt.transcode, input->tracks(),
                                                            session.log(), session.progress()));
  WEIR_TRY_ASSIGN(auto output, formats::open_rendition_output(opt.output, transcoder->tracks()));
  return transcoder->run(*input, input->has_events(), *output);
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
