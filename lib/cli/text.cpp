#include "cli/text.h"

#include <string>

namespace weir::cli {

void bind_text(CLI::App& app, std::vector<publish::TextChoice>& chosen) {
  const auto take = [&chosen](const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
      auto choice = publish::parse_text_choice(text);
      if (!choice) throw CLI::ValidationError("--subtitles", choice.error().what);
      chosen.push_back(std::move(*choice));
    }
  };
  app.add_option_function<std::vector<std::string>>("--subtitles", take,
                                                    "A text beside the stream, as in film.vtt,en; "
                                                    "behind it name=NAME, forced, sdh or default; "
                                                    "may be given again")
      ->type_name("FILE,LANG")
      ->allow_extra_args(false);
}

}  // namespace weir::cli
