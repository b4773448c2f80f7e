#include <filesystem>

extern "C" {
#include <libavutil/base64.h>
}

#include "base/folder_file.h"
#include "base/os_error.h"
#include "probe/compare.h"
#include "probe/page.h"
#include "probe/svg_plot.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

Plot plot_of(const Comparison& comparison, const char* title, const char* unit,
             double (*value)(const PictureScore&)) {
  Plot plot{title, unit, false, 0, {}};
  Curve curve{"each picture", {}, false};
  for (const auto& picture : comparison.pictures)
    curve.points.emplace_back(static_cast<double>(picture.at_us) / 1e6, value(picture));
  plot.curves.push_back(std::move(curve));
  return plot;
}

std::string base64(const Bytes& bytes) {
  std::string out(AV_BASE64_SIZE(bytes.size()), 0);
  av_base64_encode(out.data(), static_cast<int>(out.size()), bytes.data(),
                   static_cast<int>(bytes.size()));
  out.pop_back();  // its end mark
  return out;
}

std::string figure(const WorstPicture& worst) {
  return fmt::format(
      "<figure>\n<img alt=\"the reference at the left, the input at the right\" "
      "src=\"data:image/png;base64,{}\">\n<figcaption>{}</figcaption>\n</figure>\n",
      base64(worst.png), score_words(worst.score));
}

}  // namespace

std::string comparison_page(const Comparison& comparison) {
  std::string body = svg_plot(
      plot_of(comparison, "PSNR of luma", "dB", [](const PictureScore& p) { return p.psnr; }));
  body += svg_plot(
      plot_of(comparison, "SSIM of luma", "", [](const PictureScore& p) { return p.ssim; }));
  if (comparison.vmaf)
    body += svg_plot(
        plot_of(comparison, "VMAF", "", [](const PictureScore& p) { return p.vmaf.value_or(0); }));
  body += "<h2>The worst pictures: the reference at the left, the input at the right</h2>\n";
  for (const auto& worst : comparison.worst) body += figure(worst);
  body += "<pre>" + html_escape(comparison_text(comparison)) + "</pre>\n";
  return html_document(fmt::format("{} against {}", comparison.input, comparison.reference), body);
}

Result<void> write_worst(const Comparison& comparison, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  int rank = 0;
  for (const auto& worst : comparison.worst) {
    const auto path = fmt::format("{}/worst-{}-{:.3f}s.png", folder, ++rank,
                                  static_cast<double>(worst.score.at_us) / 1e6);
    FolderFile file(path);
    if (const int failed = file.open(false); failed != 0)
      return fail(Code::kIo, "cannot write '{}': {}", path, os_error_text(failed));
    WEIR_TRY(file.append(worst.png));
    WEIR_TRY(file.commit());
  }
  return {};
}

}  // namespace weir::probe
