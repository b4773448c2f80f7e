// Lines of standard input or of a file, as they come.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/stop.h"

namespace weir::cli {

inline constexpr std::size_t kLongestLine = 64 << 20;

struct Line {
  std::string_view text;  ///< Without its end, LF or CR LF; until the next call.
  bool cut = false;       ///< It was longer than kLongestLine, and `text` is its beginning.
};

class LineInput {
 public:
  enum class Next {
    kLine,
    kNothing,  ///< Not yet: `wait` was not asked for, or a signal came.
    kEnd,      ///< The input ended, or a stop was asked for.
  };

  /// A file, or "-" for standard input. kIo when it cannot be opened.
  static Result<LineInput> open(const std::string& path);
  ~LineInput();
  LineInput(LineInput&& other) noexcept;
  LineInput& operator=(LineInput&&) = delete;

  /// The next line; the last one needs no end. With `wait` until one is there, or until a signal or
  /// `stop`; otherwise only what can be had at once.
  Result<Next> next(Line& line, bool wait, const StopSource& stop);

 private:
  LineInput(int fd, bool own) : fd_(fd), own_(own) {}

  bool take(Line& line);
  bool ready(bool wait, const StopSource& stop) const;
  Result<bool> fill();
  void keep(std::string_view bytes);

  int fd_;
  bool own_;
  bool ended_ = false;
  bool cut_ = false;  ///< Of the line that is being read.
  std::string buffer_;
  std::size_t begin_ = 0;  ///< Of what was not handed out yet.
  std::size_t seen_ = 0;   ///< No line end before this.
};

}  // namespace weir::cli
