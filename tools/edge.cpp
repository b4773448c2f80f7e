// edge: give live streams and HLS to viewers.
#include "cli/edge.h"

int main(int argc, char** argv) {
  using namespace weir;
  CLI::App app{"Give live streams and HLS to viewers: HTTP-FLV, RTMP and folders.", "edge"};
  cli::Common common;
  cli::EdgeChoice chosen;
  cli::bind(app, common);
  cli::bind_edge(app, chosen);
  if (const auto status = cli::parse(app, argc, argv)) return *status;
  return cli::run("edge", common,
                  [&](cli::Session& session) { return cli::serve_edge(chosen, session); });
}
