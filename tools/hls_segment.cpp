// hls-segment: cut a stream into HLS segments and keep the playlists current.
#include "cli/packaging.h"

int main(int argc, char** argv) {
  using namespace weir;
  CLI::App app{"Cut a stream into HLS segments and keep the playlists current.", "hls-segment"};
  cli::Common common;
  cli::PackagingChoice chosen;
  cli::bind(app, common);
  cli::bind_packaging(app, chosen);
  if (const auto status = cli::parse(app, argc, argv)) return *status;
  return cli::run("hls-segment", common,
                  [&](cli::Session& session) { return cli::package(chosen, session); });
}
