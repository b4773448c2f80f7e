#include "probe/probe.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "formats/input.h"
#include "probe/check.h"
#include "probe/check_flv.h"
#include "probe/describe.h"
#include "probe/fetch.h"
#include "probe/presentation.h"
#include "probe/repair.h"
#include "probe/report_json.h"
#include "probe/report_text.h"
#include "probe/rule_list.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

Result<void> verdict(const std::vector<Finding>& findings, const ProbeOptions& options) {
  const auto must = count(findings, Severity::kMust);
  const auto should = options.strict ? count(findings, Severity::kShould) : 0;
  if (must + should == 0) return {};
  return fail(Code::kRefused, "{} failed in '{}'", count_words(must + should, "check", "checks"),
              options.input);
}

/// The options with the rules they choose.
struct Request {
  const ProbeOptions& options;
  const Selection& selection;
};

std::string junit(const Request& request, const std::vector<Finding>& findings) {
  return junit_text(request.options.input, request.selection.rules(), findings,
                    request.options.strict);
}

Result<Outcome> probe_playlist(const Request& request, const Fetcher& fetcher, Progress& progress) {
  const ProbeOptions& options = request.options;
  WEIR_TRY_ASSIGN(
      const Presentation presentation,
      load_presentation(options.input, fetcher, progress,
                        options.media ? LoadScope::kEverything : LoadScope::kPlaylists));
  PlaylistReport report = check_presentation(presentation);
  request.selection.apply(report.findings);
  return Outcome{playlist_text(report), playlist_json(report), junit(request, report.findings),
                 verdict(report.findings, options)};
}

Result<Outcome> probe_media(const Request& request, const StopSource& stop, Log& log,
                            Progress& progress) {
  const ProbeOptions& options = request.options;
  formats::InputOptions reading;
  reading.stop = &stop;
  reading.log = &log;
  WEIR_TRY_ASSIGN(const auto input, formats::Input::open(options.input, reading));
  const Report report = describe(*input, options.input, progress);
  Outcome out{report_text(report), report_json(report), "", {}};
  if (options.check) {
    auto findings = check_media(report);
    if (input->container() == "flv" && std::filesystem::is_regular_file(options.input)) {
      WEIR_TRY_ASSIGN(auto more, check_flv(options.input, stop));
      std::ranges::move(more, std::back_inserter(findings));
      std::ranges::stable_sort(findings, {}, [](const auto& one) { return one.rule->severity; });
    }
    request.selection.apply(findings);
    out.junit = junit(request, findings);
    out.text += findings_text(findings);
    out.json["findings"] = findings_json(findings);
    out.json["summary"] = findings_summary(findings);
    out.verdict = verdict(findings, options);
  }
  if (report.damage) out.verdict = fail(*report.damage);
  return out;
}

}  // namespace

Result<Outcome> run_probe(const ProbeOptions& options, const StopSource& stop, Log& log,
                          Progress& progress) {
  WEIR_TRY_ASSIGN(const Selection selection, Selection::open(options.rules));
  const Request request{options, selection};
  if (!options.repair.empty()) {
    WEIR_TRY_ASSIGN(const auto report, repair(options.input, options.repair, stop, log, progress));
    return Outcome{repair_text(report), repair_json(report), "", {}};
  }
  const Fetcher fetcher(&stop);
  if (is_playlist(fetcher, options.input)) return probe_playlist(request, fetcher, progress);
  return probe_media(request, stop, log, progress);
}

}  // namespace weir::probe
