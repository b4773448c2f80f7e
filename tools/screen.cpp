// screen: keep words out of a stream that nobody wants in it.
#include <array>

#include "cli/commands.h"
#include "cli/screen_text.h"

namespace {

using namespace weir;

int text(int argc, char** argv) {
  CLI::App app{"Judge lines of text by word lists: one JSON verdict a line.", "screen text"};
  cli::Common common;
  cli::ScreenTextChoice chosen;
  cli::bind(app, common);
  cli::bind_screen_text(app, chosen);
  if (const auto status = cli::parse(app, argc, argv)) return *status;
  return cli::run("screen", common,
                  [&](cli::Session& session) { return cli::screen_text(chosen, session); });
}

}  // namespace

int main(int argc, char** argv) {
  const std::array commands{
      cli::Command{"text", "judge lines of text by word lists", text},
  };
  return cli::run_command("screen", "Keep out of a stream what nobody wants in it.", commands, argc,
                          argv);
}
