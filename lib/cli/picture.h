// The options of picture processing.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "ladder/picture.h"

namespace weir::cli {

struct PictureChoice {
  std::string deinterlace = "auto";
  std::string fps;
  std::string crop;
  std::string tone_map = "auto";
  std::string watermark;
  std::string text_corner = "bottom-left";
  ladder::PictureOptions options;

  bool crop_auto() const { return crop == "auto"; }
};

/// In their order of work, a group of their own in --help.
void bind_picture(CLI::App& app, PictureChoice& chosen);
/// Puts what was written into `chosen.options`; kUsage, naming the option.
Result<void> read(PictureChoice& chosen);

/// "FILE.png[,corner=C,margin=N,opacity=N,start=DURATION,end=DURATION]"; commas may be in the name.
Result<ladder::Watermark> parse_watermark(const std::string& text);

}  // namespace weir::cli
