// The options of edge, and what it does with them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "base/units.h"
#include "cli/run.h"

namespace weir::cli {

/// What the command line says; it stands above the configuration file.
struct EdgeChoice {
  std::string config;  ///< --config; "": none.
  bool check_config = false;
  std::string http;
  std::string https;
  std::string rtmp;
  std::string rtmps;
  std::string certificate;
  std::string certificate_key;
  std::vector<std::string> hls;
  bool push = false;
  std::string key_file;
  std::string access_log;
  std::optional<int> threads;
  std::optional<Micros> batch;
  std::optional<Micros> reconnect_window;
  std::optional<Micros> drain;
};

/// Takes the place of the --config that bind() defines: the file has tables of its own.
void bind_edge(CLI::App& app, EdgeChoice& chosen);

/// Serves until a stop is asked for. Fails as edge::Edge::open().
Result<void> serve_edge(const EdgeChoice& chosen, Session& session);

}  // namespace weir::cli
