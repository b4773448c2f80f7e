// probe: say what a stream, a file or an HLS presentation is, and check it.
#include <string>

#include <fmt/format.h>

#include "base/folder_file.h"
#include "base/os_error.h"
#include "cli/run.h"
#include "probe/json_text.h"
#include "probe/probe.h"
#include "probe/rule_list.h"

namespace {

using namespace weir;

struct Options {
  cli::Common common;
  probe::ProbeOptions probe;
  bool json = false;
  bool rules = false;
  bool no_media = false;
  std::string junit;
  std::string html;
};

void define(CLI::App& app, Options& opt) {
  cli::bind(app, opt.common);
  app.add_option("INPUT", opt.probe.input, "File, URL, playlist, or - for standard input")
      ->capture_default_str();
  app.add_flag("--json", opt.json, "Report for machines: one JSON object");
  app.add_flag("--check", opt.probe.check, "Check media too; playlists always are");
  app.add_flag("--strict", opt.probe.strict, "Fail on 'should' findings as well as on 'must'");
  app.add_flag("--no-media", opt.no_media, "Check playlists alone: fetch no segments");
  app.add_option("--platform", opt.probe.rules.platform,
                 "Whose rules hold: web, ios, macos, tvos, visionos or airplay")
      ->capture_default_str();
  app.add_option("--only", opt.probe.rules.only, "Ask about these rules alone")
      ->type_name("ID,...")
      ->delimiter(',');
  app.add_option("--skip", opt.probe.rules.skip, "Leave these rules out")
      ->type_name("ID,...")
      ->delimiter(',');
  app.add_option("--junit", opt.junit, "Write the findings as JUnit too")->type_name("FILE");
  app.add_flag("--measure", opt.probe.measure,
               "Decode too: loudness, black, frozen and silent stretches");
  cli::add_duration(app, "--watch", opt.probe.watch,
                    "Watch a live stream for so long as a viewer does, and check its reloads");
  app.add_option("--compare", opt.probe.compare,
                 "Compare the pictures and the sound with this, and do nothing else")
      ->type_name("REFERENCE");
  app.add_option("--pictures", opt.probe.pictures,
                 "With --compare: write the worst pictures there, as PNG")
      ->type_name("DIR")
      ->needs("--compare");
  app.add_option("--repair", opt.probe.repair,
                 "Write all whole packets to this file; it ends in .ts, .mkv, .nut or .mp4")
      ->type_name("OUT");
  app.add_option("--like", opt.probe.like,
                 "With --repair: a whole file of the same maker, for an MP4 without its index")
      ->type_name("FILE")
      ->needs("--repair");
  app.add_flag("--play", opt.probe.play,
               "Show picture and sound in a window: space, arrow keys, q; nothing else");
  app.add_option("--html", opt.html, "Write a page with plots too")->type_name("FILE");
  app.add_flag("--rules", opt.rules, "List all rules and do nothing else");
}

Result<void> write_file(const std::string& path, const std::string& text) {
  FolderFile file(path);
  if (const int error = file.open(false); error != 0)
    return fail(Code::kIo, "cannot write '{}': {}", path, os_error_text(error));
  WEIR_TRY(file.append(Bytes(text.begin(), text.end())));
  return file.commit();
}

void list_rules(bool json) {
  const auto& rules = probe::all_rules();
  fmt::print("{}", json ? probe::json_text(probe::rules_json(rules)) : probe::rules_text(rules));
}

Result<void> run(const Options& opt, cli::Session& session) {
  if (opt.rules) {
    list_rules(opt.json);
    return {};
  }
  probe::ProbeOptions what = opt.probe;
  what.media = !opt.no_media;
  what.html = !opt.html.empty();
  what.check = what.check || !opt.junit.empty();
  WEIR_TRY_ASSIGN(const auto outcome,
                  probe::run_probe(what, session.stop(), session.log(), session.progress()));
  fmt::print("{}", opt.json ? probe::json_text(outcome.json) : outcome.text);
  if (!opt.junit.empty() && !outcome.junit.empty()) WEIR_TRY(write_file(opt.junit, outcome.junit));
  if (!outcome.html.empty()) WEIR_TRY(write_file(opt.html, outcome.html));
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
