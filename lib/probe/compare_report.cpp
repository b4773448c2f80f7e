#include <algorithm>

#include <boost/json.hpp>

#include "probe/compare.h"
#include "probe/json_text.h"
#include "probe/report_json.h"
#include "probe/words.h"

namespace weir::probe {
namespace json = boost::json;
namespace {

std::vector<std::string> row(const char* name, const Summary& summary, int digits) {
  return {name, fmt::format("mean {:.{}f}", summary.mean, digits),
          fmt::format("harmonic mean {:.{}f}", summary.harmonic_mean, digits),
          fmt::format("5th percentile {:.{}f}", summary.fifth_percentile, digits),
          fmt::format("worst {:.{}f}", summary.worst, digits)};
}

json::object summary_json(const Summary& summary) {
  return {{"mean", summary.mean},
          {"harmonic_mean", summary.harmonic_mean},
          {"percentile_5", summary.fifth_percentile},
          {"worst", summary.worst}};
}

json::object picture_json(const PictureScore& picture) {
  return {{"time", json_seconds(picture.at_us)},
          {"reference_time", json_seconds(picture.reference_at_us)},
          {"psnr", picture.psnr},
          {"ssim", picture.ssim},
          {"vmaf", picture.vmaf ? json::value(*picture.vmaf) : nullptr}};
}

}  // namespace

std::string score_words(const PictureScore& picture) {
  std::string out =
      fmt::format("{} (reference {}), PSNR {:.2f}, SSIM {:.4f}", seconds_words(picture.at_us),
                  seconds_words(picture.reference_at_us), picture.psnr, picture.ssim);
  if (picture.vmaf) out += fmt::format(", VMAF {:.2f}", *picture.vmaf);
  return out;
}

std::string comparison_text(const Comparison& comparison) {
  std::string out = fmt::format(
      "{} against {}: {} at {}x{}, {} without one in the reference\n", comparison.input,
      comparison.reference,
      count_words(static_cast<std::int64_t>(comparison.pictures.size()), "picture", "pictures"),
      comparison.width, comparison.height, comparison.unmatched);
  std::vector<std::vector<std::string>> rows{row("PSNR", comparison.psnr, 2),
                                             row("SSIM", comparison.ssim, 4)};
  if (comparison.vmaf) rows.push_back(row("VMAF", *comparison.vmaf, 2));
  out += table(rows);
  if (!comparison.vmaf) out += "VMAF  not measured: this FFmpeg was built without libvmaf\n";
  out += fmt::format("the reference is {} later, the input {} longer\n",
                     offset_words(comparison.shift_us), offset_words(comparison.longer_us));
  if (comparison.sound_late_us)
    out += fmt::format("sound {} against the picture, compared with the reference\n",
                       offset_words(*comparison.sound_late_us));
  for (const auto& picture : comparison.worst) out += "worst: " + score_words(picture.score) + "\n";
  return out;
}

json::object comparison_json(const Comparison& comparison) {
  json::array worst_list, pictures;
  for (const auto& picture : comparison.worst) worst_list.push_back(picture_json(picture.score));
  for (const auto& picture : comparison.pictures) pictures.push_back(picture_json(picture));
  json::object out = document("comparison", comparison.input);
  out["reference"] = comparison.reference;
  out["width"] = comparison.width;
  out["height"] = comparison.height;
  out["shift"] = json_seconds(comparison.shift_us);
  out["matched"] = comparison.pictures.size();
  out["unmatched"] = comparison.unmatched;
  out["psnr"] = summary_json(comparison.psnr);
  out["ssim"] = summary_json(comparison.ssim);
  out["vmaf"] = comparison.vmaf ? json::value(summary_json(*comparison.vmaf)) : nullptr;
  out["worst"] = std::move(worst_list);
  out["sound_late"] =
      comparison.sound_late_us ? json_seconds(*comparison.sound_late_us) : json::value(nullptr);
  out["longer"] = json_seconds(comparison.longer_us);
  out["pictures"] = std::move(pictures);
  return out;
}

}  // namespace weir::probe
