#include "cli/presentation.h"

namespace weir::cli {

void bind_presentation(CLI::App& app, Presentation& chosen) {
  const auto check = [](const std::string& text) {
    const auto offset = publish::parse_offset(text);
    return offset ? std::string() : offset.error().what;
  };
  app.add_option("--presentation", chosen.file,
                 "TOML file with what the playlists say besides: session data, "
                 "variables, pathways, names and scores of renditions")
      ->type_name("FILE");
  app.add_option("--start-offset", chosen.start_offset,
                 "Where players begin: 90s from the begin, -18s from the end")
      ->type_name("OFFSET")
      ->check(check);
}

Result<publish::HlsPresentation> read_presentation(const Presentation& chosen) {
  publish::HlsPresentation out;
  if (!chosen.file.empty()) {
    WEIR_TRY_ASSIGN(out, publish::load_presentation(chosen.file));
  }
  if (!chosen.start_offset.empty()) {
    WEIR_TRY_ASSIGN(const Micros offset, publish::parse_offset(chosen.start_offset));
    out.start = hls::StartPoint{offset, out.start && out.start->precise};
  }
  return out;
}

}  // namespace weir::cli
