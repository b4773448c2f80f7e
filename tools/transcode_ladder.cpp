// transcode-ladder: encode a stream into the renditions of a ladder.
#include "cli/ladder.h"

int main(int argc, char** argv) {
  using namespace weir;
  CLI::App app{"Encode a stream into the renditions of a ladder, all cut on one grid.",
               "transcode-ladder"};
  cli::Common common;
  cli::LadderChoice chosen;
  cli::bind(app, common);
  cli::bind_ladder(app, chosen);
  if (const auto status = cli::parse(app, argc, argv)) return *status;
  return cli::run("transcode-ladder", common,
                  [&](cli::Session& session) { return cli::transcode(chosen, session); });
}
