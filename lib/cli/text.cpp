#include "cli/text.h"

#include <string>

namespace weir::cli {

void bind_text(CLI::App& app, std::vector<publish::TextChoice>& subtitles,
               std::vector<publish::CaptionChoice>& captions) {
  const auto take = [&subtitles](const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
      auto choice = publish::parse_text_choice(text);
      if (!choice) throw CLI::ValidationError("--subtitles", choice.error().what);
      subtitles.push_back(std::move(*choice));
    }
  };
  const auto take_captions = [&captions](const std::string& text) {
    auto choices = publish::parse_caption_choices(text);
    if (!choices) throw CLI::ValidationError("--captions", choices.error().what);
    captions = std::move(*choices);
  };
  app.add_option_function<std::vector<std::string>>("--subtitles", take,
                                                    "A text beside the stream, as in film.vtt,en; "
                                                    "behind it name=NAME, forced, sdh or default; "
                                                    "may be given again")
      ->type_name("FILE,LANG")
      ->allow_extra_args(false);
  app.add_option_function<std::string>(
         "--captions", take_captions,
         "Languages of the captions in the pictures, as in CC1=en,SERVICE1=es:Español")
      ->type_name("CHANNEL=LANG[:NAME],...");
}

}  // namespace weir::cli
