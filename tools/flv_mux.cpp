// flv-mux: write a stream as FLV, one rendition of it or all.
#include <string>

#include "cli/run.h"
#include "flow/end_watch.h"
#include "flow/pump.h"
#include "formats/input.h"
#include "media/end_mark.h"
#include "publish/flv_file.h"

namespace {

using namespace weir;

struct Options {
  cli::Common common;
  std::string input = "-";
  publish::FlvFileOptions file;
};

void define(CLI::App& app, Options& opt) {
  cli::bind(app, opt.common);
  app.add_option("INPUT", opt.input, "File, URL, or - for standard input")->capture_default_str();
  app.add_option("--rendition", opt.file.rendition,
                 "Name of the rendition to write; without it the largest picture");
  app.add_flag("--append", opt.file.append, "Go on with the FLV file that is there");
  app.add_flag("--multitrack", opt.file.multitrack,
               "Write all renditions and all sound; others than the first need a newer reader");
  app.add_flag("--nanoseconds", opt.file.nanoseconds,
               "Stamps finer than a millisecond, for readers of Enhanced RTMP v2 alone");
  app.add_option("-o,--output", opt.file.path, "File, or - for standard output")
      ->capture_default_str();
}

Result<void> mux(const Options& opt, cli::Session& session) {
  WEIR_TRY(cli::refuse_terminal(opt.file.path));
  formats::InputOptions reading;
  reading.stop = &session.stop();
  reading.log = &session.log();
  WEIR_TRY_ASSIGN(const auto input, formats::Input::open(opt.input, reading));
  WEIR_TRY_ASSIGN(const auto file, publish::open_flv_file(input->tracks(), opt.file, session.log(),
                                                          session.progress()));
  flow::EndWatch<media::Item> source(*input, media::is_end_mark);
  WEIR_TRY(flow::pump(source, *file));
  if (input->has_events() && source.cut_off()) return fail(media::ended_early());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Write a stream as FLV, one rendition of it or all, to a file or into a pipe.",
               "flv-mux"};
  Options opt;
  opt.file.encoder = "weir " WEIR_VERSION;
  define(app, opt);
  if (const auto status = cli::parse(app, argc, argv)) return *status;
  return cli::run("flv-mux", opt.common, [&](cli::Session& session) { return mux(opt, session); });
}
