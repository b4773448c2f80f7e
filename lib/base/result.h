// Success or failure as a value; no exception crosses a module.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <tl/expected.hpp>

namespace weir {

/// What went wrong, sorted by what a caller can do about it.
enum class Code {
  kUsage,        ///< The request is wrong. Retrying cannot help.
  kUnsupported,  ///< A fair request, but this build cannot do it.
  kBadInput,     ///< The stream breaks its own format.
  kRefused,      ///< A check, screening or a limit said no.
  kIo,           ///< File, pipe or network. A retry may help.
  kTimeout,      ///< Nothing came in time. A retry may help.
  kStopped,      ///< We were asked to stop, or our reader went away. Not a fault.
  kInternal,     ///< Our bug.
};

struct Error {
  Code code = Code::kInternal;
  std::string what;  ///< Lower case, no final period, names the thing: "cannot open 'in.flv': …".

  /// Puts what the caller was doing in front: "rendition 720p: cannot open encoder".
  Error within(std::string_view doing) && {
    what = fmt::format("{}: {}", doing, what);
    return std::move(*this);
  }
};

template <typename T = void>
using Result = tl::expected<T, Error>;

/// A failure to return: `return fail(Code::kIo, "cannot open '{}'", path);`
template <typename... Args>
tl::unexpected<Error> fail(Code code, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace weir

/// Returns the failure of a Result to the caller of this function; otherwise goes on.
#define WEIR_TRY(expression)                               \
  do {                                                     \
    if (auto weir_result = (expression); !weir_result)     \
      return ::weir::fail(std::move(weir_result).error()); \
  } while (false)

/// Like WEIR_TRY, and binds the value: `WEIR_TRY_ASSIGN(auto file, open(path));`
#define WEIR_TRY_ASSIGN(declaration, expression) \
  WEIR_TRY_ASSIGN_(WEIR_JOIN(weir_result_, __LINE__), declaration, expression)
#define WEIR_TRY_ASSIGN_(name, declaration, expression)    \
  auto name = (expression);                                \
  if (!name) return ::weir::fail(std::move(name).error()); \
  declaration = std::move(*name)
#define WEIR_JOIN(a, b) WEIR_JOIN_(a, b)
#define WEIR_JOIN_(a, b) a##b
