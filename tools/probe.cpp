// probe: say what a stream, a file or an HLS presentation is, and check it.
#include <string>

#include <fmt/format.h>

#include "cli/run.h"
#include "probe/json_text.h"
#include "probe/probe.h"

namespace {

using namespace weir;

struct Options {
  cli::Common common;
  probe::ProbeOptions probe;
  bool json = false;
};

void define(CLI::App& app, Options& opt) {
  cli::bind(app, opt.common);
  app.add_option("INPUT", opt.probe.input, "File, URL, playlist, or - for standard input")
      ->capture_default_str();
  app.add_flag("--json", opt.json, "Report for machines: one JSON object");
  app.add_flag("--check", opt.probe.check, "Check media too; playlists always are");
  app.add_flag("--strict", opt.probe.strict, "Fail on 'should' findings as well as on 'must'");
}

Result<void> run(const Options& opt, cli::Session& session) {
  WEIR_TRY_ASSIGN(const auto outcome,
                  probe::run_probe(opt.probe, session.stop(), session.log(), session.progress()));
  fmt::print("{}", opt.json ? probe::json_text(outcome.json) : outcome.text);
  return outcome.verdict;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Say what a stream, a file or an HLS presentation is, and check it.", "probe"};
  Options opt;
  define(app, opt);
  if (const auto status = cli::parse(app, argc, argv)) return *status;
  return cli::run("probe", opt.common, [&](cli::Session& session) { return run(opt, session); });
}
