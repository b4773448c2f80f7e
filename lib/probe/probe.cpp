#include "probe/probe.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "formats/input.h"
#include "probe/check.h"
#include "probe/check_flv.h"
#include "probe/compare.h"
#include "probe/describe.h"
#include "probe/fetch.h"
#include "probe/measure.h"
#include "probe/page.h"
#include "probe/play.h"
#include "probe/presentation.h"
#include "probe/repair.h"
#include "probe/report_json.h"
#include "probe/report_text.h"
#include "probe/rule_list.h"
#include "probe/watch.h"
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
      Presentation presentation,
      load_presentation(options.input, fetcher, progress,
                        options.media ? LoadScope::kEverything : LoadScope::kPlaylists));
  if (options.media) {
    presentation.inserts = read_inserts(presentation, fetcher);
    presentation.delivery = observe_delivery(presentation, fetcher.stop());
  }
  PlaylistReport report = check_presentation(presentation);
  request.selection.apply(report.findings);
  Outcome out{playlist_text(report), playlist_json(report), junit(request, report.findings),
              verdict(report.findings, options), ""};
  if (options.html) out.html = html_page(options.input, lanes(presentation), {}, out.text);
  return out;
}

/// The measurer while an input is read; without one nothing is measured.
struct Measuring {
  std::unique_ptr<Measurer> measurer;
  Result<void> outcome;

  Result<void> open(const formats::Input& input) {
    WEIR_TRY_ASSIGN(measurer, Measurer::open(input.tracks()));
    return {};
  }
  void add(const media::Item& item) {
    if (measurer && outcome) outcome = measurer->add(item);
  }
  Result<void> finish(std::int64_t end_us, Outcome& out) {
    if (!measurer) return {};
    WEIR_TRY(outcome);
    WEIR_TRY_ASSIGN(const Measures measures, measurer->finish(end_us));
    out.text += measures_text(measures);
    out.json["measured"] = measures_json(measures);
    if (measures.loudness) loudness = measures.loudness->per_second;
    return {};
  }

  std::vector<double> loudness{};
};

Result<Outcome> probe_media(const Request& request, const StopSource& stop, Log& log,
                            Progress& progress) {
  const ProbeOptions& options = request.options;
  formats::InputOptions reading;
  reading.stop = &stop;
  reading.log = &log;
  media::Repairs repairs;
  reading.repairs = &repairs;
  // A file is looked at by its bytes, further down.
  FlvCheck passing(options.input);
  const bool file = std::filesystem::is_regular_file(options.input);
  if (options.check && !file)
    reading.flv_tags = [&](const auto& tag, auto position) { passing.take(tag, position); };
  WEIR_TRY_ASSIGN(const auto input, formats::Input::open(options.input, reading));
  KeyTimes keys;
  Measuring measuring;
  if (options.measure) WEIR_TRY(measuring.open(*input));
  Report report = describe(*input, options.input, progress, [&](const media::Item& item) {
    measuring.add(item);
    if (options.html) keys.add(item);
  });
  report.mended = {repairs.wraps, repairs.resets, repairs.dropped};
  Outcome out{report_text(report), report_json(report), "", {}, ""};
  WEIR_TRY(measuring.finish(report.end_us(), out));
  if (options.check) {
    auto findings = check_media(report);
    if (input->container() == "flv") {
      WEIR_TRY_ASSIGN(auto more, file ? check_flv(options.input, stop) : passing.finish());
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
  if (options.html)
    out.html = html_page(report.name, keys.lanes(report), measuring.loudness, out.text);
  if (report.damage) out.verdict = fail(*report.damage);
  return out;
}

Result<Outcome> probe_watch(const Request& request, const StopSource& stop, Log& log,
                            Progress& progress) {
  const ProbeOptions& options = request.options;
  const WatchOptions watch{options.input, options.watch, options.media};
  const auto how = is_playlist(Fetcher(&stop), options.input) ? watch_hls : watch_stream;
  WEIR_TRY_ASSIGN(WatchReport report, how(watch, stop, log, progress, Clock::system()));
  request.selection.apply(report.findings);
  return Outcome{watch_text(report), watch_json(report), junit(request, report.findings),
                 verdict(report.findings, options), ""};
}

}  // namespace

Result<Outcome> run_probe(const ProbeOptions& options, const StopSource& stop, Log& log,
                          Progress& progress) {
  WEIR_TRY_ASSIGN(const Selection selection, Selection::open(options.rules));
  const Request request{options, selection};
  if (!options.compare.empty()) {
    WEIR_TRY_ASSIGN(const auto found, compare(options.input, options.compare, stop, log, progress));
    if (!options.pictures.empty()) WEIR_TRY(write_worst(found, options.pictures));
    return Outcome{comparison_text(found),
                   comparison_json(found),
                   "",
                   {},
                   options.html ? comparison_page(found) : ""};
  }
  if (options.play) {
    WEIR_TRY_ASSIGN(const auto report, play_in_window(options.input, stop, log));
    return Outcome{play_text(report), play_json(report), "", {}, ""};
  }
  if (!options.repair.empty()) {
    WEIR_TRY_ASSIGN(const auto report,
                    repair(options.input, options.repair, options.like, stop, log, progress));
    return Outcome{repair_text(report), repair_json(report), "", {}, ""};
  }
  if (options.watch.count() > 0) return probe_watch(request, stop, log, progress);
  const Fetcher fetcher(&stop);
  if (is_playlist(fetcher, options.input)) return probe_playlist(request, fetcher, progress);
  return probe_media(request, stop, log, progress);
}

}  // namespace weir::probe
