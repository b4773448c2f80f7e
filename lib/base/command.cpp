#include "base/command.h"

#include <poll.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "base/child.h"
#include "base/os_error.h"

namespace weir {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

int left_ms(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

tl::unexpected<Error> timed_out(const std::string& program, const CommandLimits& limits) {
  return fail(Code::kTimeout, "'{}' did not end within {} ms", program, limits.timeout.count());
}

Result<Bytes> read_all(int fd, const std::string& program, const CommandLimits& limits,
                       Deadline deadline) {
  Bytes out;
  std::array<std::uint8_t, 4096> block;
  while (true) {
    pollfd wait{fd, POLLIN, 0};
    const int ready = ::poll(&wait, 1, left_ms(deadline));
    if (ready == 0) return timed_out(program, limits);
    if (ready < 0 && errno == EINTR) continue;
    const auto n = ::read(fd, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(Code::kIo, "cannot read from '{}': {}", program, os_error_text(errno));
    if (n == 0) return out;
    out.insert(out.end(), block.begin(), block.begin() + n);
    if (out.size() > limits.output)
      return fail(Code::kIo, "'{}' prints more than {} bytes", program, limits.output);
  }
}

// It has closed its output, so it ends in a moment; no signal tells of that without disturbing the
// process around us.
Result<int> wait_for(Child& child, const std::string& program, const CommandLimits& limits,
                     Deadline deadline) {
  while (true) {
    if (const auto status = child.status()) return *status;
    if (left_ms(deadline) == 0) return timed_out(program, limits);
    ::poll(nullptr, 0, 1);
  }
}

/// Takes words off a command line.
class Splitter {
 public:
  explicit Splitter(std::string_view line) : rest_(line) {}

  Result<std::vector<std::string>> split() {
    std::vector<std::string> words;
    while (skip_blanks()) {
      words.emplace_back();
      while (!rest_.empty() && !blank(rest_.front())) WEIR_TRY(take(words.back()));
    }
    if (words.empty() || words.front().empty())
      return fail(Code::kUsage, "the command is empty: name a program and its arguments");
    return words;
  }

 private:
  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }
  bool skip_blanks() {
    while (!rest_.empty() && blank(rest_.front())) rest_.remove_prefix(1);
    return !rest_.empty();
  }
  char next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  Result<void> take(std::string& word) {
    const char c = next();
    if (c == '\'' || c == '"') return take_quoted(word, c);
    if (c == '\\' && rest_.empty())
      return fail(Code::kUsage, "the command ends with a '\\' that has nothing to protect");
    word += c == '\\' ? next() : c;
    return {};
  }
  Result<void> take_quoted(std::string& word, char quote) {
    while (!rest_.empty()) {
      const char c = next();
      if (c == quote) return {};
      const bool escape =
          c == '\\' && quote == '"' && !rest_.empty() && (rest_[0] == '"' || rest_[0] == '\\');
      word += escape ? next() : c;
    }
    return fail(Code::kUsage, "the command has a {} that is not closed", quote);
  }

  std::string_view rest_;
};

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view line) {
  return Splitter(line).split();
}

Result<Bytes> run_command(const std::vector<std::string>& arguments, const CommandLimits& limits) {
  const std::string& program = arguments.front();
  const Deadline deadline = std::chrono::steady_clock::now() + limits.timeout;
  WEIR_TRY_ASSIGN(Pipe pipe, open_pipe());
  WEIR_TRY_ASSIGN(const auto child, Child::start(arguments, {.output = pipe.writing.get()}));
  pipe.writing.close();
  WEIR_TRY_ASSIGN(Bytes out, read_all(pipe.reading.get(), program, limits, deadline));
  WEIR_TRY_ASSIGN(const int status, wait_for(*child, program, limits, deadline));
  if (status != 0) return fail(Code::kIo, "'{}' {}", program, end_text(status));
  return out;
}

}  // namespace weir
