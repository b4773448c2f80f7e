// Where the tags of one FLV go: a stream that is written as it comes, or a file with an index.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "flow/stage.h"
#include "flv/metadata.h"
#include "flv/tag.h"

namespace weir::publish {

/// Called in this order: begin() once, write() for every tag, then commit(). Destroyed without
/// commit(), it leaves nothing behind in the file system.
class FlvOutput {
 public:
  virtual ~FlvOutput() = default;
  /// `metadata` is what can be said before the first packet.
  virtual Result<flow::Flow> begin(const flv::Metadata& metadata) = 0;
  /// kDone: the reader has gone. May block while the reader is slow.
  virtual Result<flow::Flow> write(const flv::Tag& tag) = 0;
  /// `metadata` has everything that was learnt, with key frames as offsets from the first tag
  /// written; the file's own size and the final offsets are added here.
  virtual Result<void> commit(flv::Metadata metadata) = 0;
};

/// "-" is standard output. A path that is there and no regular file (a FIFO, a device) is written
/// as a stream too. kUsage for a terminal; kIo, naming the path, when it cannot be written.
Result<std::unique_ptr<FlvOutput>> open_flv_output(const std::string& path);

}  // namespace weir::publish
