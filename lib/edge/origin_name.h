// Which file of a folder a request is for, and the way there that leads nowhere else.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "edge/http_answer.h"

namespace weir::edge {

/// The file that a path below a folder's own stands for: `path` as decode_path() reads it. Empty
/// for what is not for anyone: names that begin with '.', those of files that are being written
/// (".tmp"), folders. The name points into `path` or, where it is encoded, into `room`.
std::optional<std::string_view> origin_name(std::string_view path, std::string& room);

/// "a/b" of "a/b/c"; "" of "c".
std::string_view folder_of_name(std::string_view name);

/// An open regular file.
struct FoundFile {
  std::shared_ptr<const OpenFile> file;
  struct stat facts {};
};

/// Below `folder` and by no link; what is no regular file is not opened for reading. Empty: there
/// is none.
std::optional<FoundFile> open_below(int folder, const std::string& name);
/// A folder below, "" for itself: a descriptor that is the caller's, below 0 when there is none.
int open_folder_below(int folder, const std::string& name);

}  // namespace weir::edge
