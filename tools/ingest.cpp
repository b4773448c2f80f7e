// ingest: take a stream in and write it as a Weir pipe stream.
#include <string>

#include "cli/run.h"
#include "ingest/session.h"

namespace {

using namespace weir;

struct Options {
  cli::Common common;
  ingest::IngestOptions ingest;
  Micros start{0};
  Micros duration{0};
};

void define(CLI::App& app, Options& opt) {
  cli::bind(app, opt.common);
  app.add_option("INPUT", opt.ingest.input,
                 "File, URL, - for standard input, or test: (test:size=1280x720,rate=25)")
      ->capture_default_str();
  app.add_option("-o,--output", opt.ingest.output, "File or - for the pipe stream")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_flag("--realtime", opt.ingest.realtime, "Not faster than it plays, like a live source");
  app.add_option("--loop", opt.ingest.loop, "How often to play the input; 0 for ever")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N")
      ->capture_default_str();
  cli::add_duration(app, "--start", opt.start, "Begin at the key frame at or before this time");
  cli::add_duration(app, "--duration", opt.duration, "Take no more than this; 0s for all");
  cli::add_duration(app, "--retry", opt.ingest.retry,
                    "URL: open it anew for so long when it fails or ends; the stream goes on")
      ->default_str("");
  app.add_option("--record", opt.ingest.record,
                 "Write a recording too: fragmented MP4, or what .ts, .mkv or .nut say")
      ->type_name("FILE");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Take a stream in and write it as a Weir pipe stream.", "ingest"};
  Options opt;
  define(app, opt);
  if (const auto status = cli::parse(app, argc, argv)) return *status;
  if (opt.start.count() > 0) opt.ingest.start = opt.start;
  if (opt.duration.count() > 0) opt.ingest.duration = opt.duration;
  return cli::run("ingest", opt.common, [&](cli::Session& session) {
    return ingest::run(opt.ingest, {session.stop(), session.log(), session.progress(),
                                    session.clock(), net::unforeseen()});
  });
}
