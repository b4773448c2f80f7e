// flv-mux: write a stream as FLV, one rendition of it or all, or push it to RTMP servers.
#include <memory>
#include <string>

#include "base/random.h"
#include "cli/run.h"
#include "flow/end_watch.h"
#include "flow/pump.h"
#include "formats/input.h"
#include "media/end_mark.h"
#include "publish/flv_file.h"
#include "publish/flv_push.h"

namespace {

using namespace weir;

struct Options {
  cli::Common common;
  std::string input = "-";
  publish::FlvFileOptions file;
  publish::FlvPushOptions push;
};

void define_push(CLI::App& app, publish::FlvPushOptions& push) {
  app.add_option("--push", push.urls,
                 "rtmp or rtmps URL to send it to instead, {rendition} in it stands for each name; "
                 "may be given again")
      ->allow_extra_args(false)
      ->default_str("")
      ->excludes("--output")
      ->excludes("--append");
  cli::add_duration(app, "--push-queue", push.limits.duration,
                    "Push: how much may wait for a target, before it gets less");
  cli::add_bytes(app, "--push-memory", push.limits.bytes,
                 "Push: how many bytes may wait for a target");
  cli::add_duration(app, "--push-retry", push.retry.give_up,
                    "Push: how long a target is tried without success; without it for ever");
}

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
  define_push(app, opt.push);
}

Result<std::unique_ptr<flow::Sink<media::Item>>> open_sink(const Options& opt,
                                                           const media::Tracks& tracks,
                                                           cli::Session& session) {
  if (opt.push.urls.empty())
    return publish::open_flv_file(tracks, opt.file, session.log(), session.progress());
  publish::FlvPushOptions push = opt.push;
  push.rendition = opt.file.rendition;
  push.encoder = opt.file.encoder;
  push.nanoseconds = opt.file.nanoseconds;
  push.multitrack = opt.file.multitrack;
  return publish::open_flv_push(
      tracks, push, {session.clock(), Random::system(), session.log(), session.progress()});
}

Result<void> mux(const Options& opt, cli::Session& session) {
  if (opt.push.urls.empty()) WEIR_TRY(cli::refuse_terminal(opt.file.path));
  formats::InputOptions reading;
  reading.stop = &session.stop();
  reading.log = &session.log();
  WEIR_TRY_ASSIGN(const auto input, formats::Input::open(opt.input, reading));
  WEIR_TRY_ASSIGN(const auto sink, open_sink(opt, input->tracks(), session));
  flow::EndWatch<media::Item> source(*input, media::is_end_mark);
  WEIR_TRY(flow::pump(source, *sink));
  if (input->has_events() && source.cut_off()) return fail(media::ended_early());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Write a stream as FLV, one rendition of it or all, to a file or into a pipe, or push it to "
      "RTMP "
      "servers.",
      "flv-mux"};
  Options opt;
  opt.file.encoder = "weir " WEIR_VERSION;
  define(app, opt);
  if (const auto status = cli::parse(app, argc, argv)) return *status;
  return cli::run("flv-mux", opt.common, [&](cli::Session& session) { return mux(opt, session); });
}
