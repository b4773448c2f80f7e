// A tool run inside the test: its standard streams in files, its exit status as a value.
#pragma once

#include <fcntl.h>
#include <unistd.h>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "cli/run.h"
#include "support/temp_folder.h"

namespace weir::cli {

struct Outcome {
  int status = -1;  ///< -1: parse() let the tool go on.
  std::string out;
  std::string err;
};

/// Runs `body` with stdout and stderr going to files, or stdout to `stdout_path`.
inline Outcome captured(const std::function<int()>& body, const std::string& stdout_path = "") {
  const support::TempFolder folder;
  const std::string out_path = stdout_path.empty() ? folder / "out" : stdout_path;
  std::fflush(stdout);
  std::fflush(stderr);
  const int old_out = ::dup(STDOUT_FILENO), old_err = ::dup(STDERR_FILENO);
  const int out = ::open(out_path.c_str(), O_WRONLY | O_CREAT, 0600);
  const int err = ::open((folder / "err").c_str(), O_WRONLY | O_CREAT, 0600);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  Outcome outcome;
  outcome.status = body();
  std::fflush(stdout);
  std::clearerr(stdout);
  ::dup2(old_out, STDOUT_FILENO);
  ::dup2(old_err, STDERR_FILENO);
  for (const int fd : {out, err, old_out, old_err}) ::close(fd);
  const auto text = [](const std::string& path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  if (stdout_path.empty()) outcome.out = text(out_path);
  outcome.err = text(folder / "err");
  return outcome;
}

/// parse() on these words, the tool's name in front.
inline Outcome parsed(CLI::App& app, std::vector<std::string> words) {
  words.insert(words.begin(), "/usr/bin/tool");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  return captured(
      [&] { return parse(app, static_cast<int>(argv.size()), argv.data()).value_or(-1); });
}

}  // namespace weir::cli
