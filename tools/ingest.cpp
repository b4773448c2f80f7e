// ingest: take a stream in and write it as a Weir pipe stream.
#include <string>

#include "cli/run.h"
#include "cli/stats.h"
#include "ingest/session.h"

namespace {

using namespace weir;

struct Options {
  cli::Common common;
  ingest::IngestOptions ingest;
  std::string listen;
  ingest::ListenSettings door;
  std::string stats;
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
  cli::add_duration(app, "--track-wait", opt.ingest.track_wait,
                    "FLV, RTMP: how long a track that is promised may come behind the others");
  app.add_option("--listen", opt.listen,
                 "Take what is published over RTMP: rtmp://ADDRESS[:PORT]/APP, or rtmps")
      ->type_name("URL");
  app.add_option("--key-file", opt.door.key_file,
                 "Listen: who may publish, one STREAM:KEY a line; needed beyond loopback")
      ->type_name("FILE");
  app.add_option("--stream", opt.door.stream,
                 "Listen: the name of the stream; without it the first that comes")
      ->type_name("NAME");
  app.add_option("--exec-each", opt.ingest.exec_each.command,
                 "Listen: every stream at once, each to a COMMAND of its own; {stream} is its name")
      ->type_name("COMMAND");
  app.add_option("--max-streams", opt.ingest.exec_each.max_streams,
                 "Exec-each: how many streams there may be at once")
      ->check(CLI::Range(std::int64_t{1}, ingest::kMostStreams))
      ->type_name("N")
      ->capture_default_str();
  cli::add_duration(app, "--reconnect-window", opt.door.reconnect_window,
                    "Listen: how long a publisher that left is waited for");
  app.add_option("--tls-certificate", opt.door.certificate_file,
                 "Listen, rtmps: the server's certificate and those it leads to, PEM")
      ->type_name("FILE");
  app.add_option("--tls-key", opt.door.certificate_key_file, "Listen, rtmps: its key, PEM")
      ->type_name("FILE");
  app.add_option("--fallback", opt.ingest.fallback,
                 "Listen, retry: a URL or a file that stands in while the input is away")
      ->type_name("URL");
  cli::add_duration(app, "--fallback-after", opt.ingest.fallback_after,
                    "Fallback: how long the input may give nothing");
  app.add_option("--slate", opt.ingest.slate,
                 "Listen, retry: black or a FILE to show while nothing comes, in place of gaps")
      ->type_name("black|none|FILE")
      ->default_str("none");
  app.add_option("--record", opt.ingest.record,
                 "Write a recording too: fragmented MP4, or what .ts, .mkv or .nut say")
      ->type_name("FILE");
  app.add_option("--stats", opt.stats, "json: how the stream fares, a line a second")
      ->check(CLI::IsMember({"json"}))
      ->type_name("");
}

Result<void> take_in(Options& opt, cli::Session& session) {
  if (opt.start.count() > 0) opt.ingest.start = opt.start;
  if (opt.duration.count() > 0) opt.ingest.duration = opt.duration;
  if (!opt.listen.empty()) {
    WEIR_TRY_ASSIGN(opt.door.url, rtmp::parse_tc_url(opt.listen));
    opt.door.track_wait = opt.ingest.track_wait;
    opt.ingest.listen = opt.door;
  }
  if (opt.ingest.slate == "none") opt.ingest.slate.clear();
  if (!opt.stats.empty() && !opt.ingest.exec_each.command.empty())
    return fail(Code::kUsage, "--stats is of one stream: leave it out with --exec-each");
  const auto stats = cli::make_json_stats("ingest", session.words(), session.clock());
  ingest::Health health(session.clock());
  std::optional<ingest::HealthTicker> ticker;
  if (!opt.stats.empty()) ticker.emplace(health, *stats);
  return ingest::run(opt.ingest, {session.stop(), session.log(), session.progress(),
                                  session.clock(), Random::system(), &health});
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Take a stream in and write it as a Weir pipe stream.", "ingest"};
  Options opt;
  define(app, opt);
  if (const auto status = cli::parse(app, argc, argv)) return *status;
  return cli::run("ingest", opt.common,
                  [&](cli::Session& session) { return take_in(opt, session); });
}
