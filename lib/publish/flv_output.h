// Where the tags of one FLV go: a stream that is written as it comes, or a file with an index.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "flow/stage.h"
#include "flv/file_scan.h"
#include "flv/metadata.h"
#include "flv/tag.h"

namespace weir::publish {

/// Called in this order: begin() once, write() for every tag, then commit(). Destroyed without
/// commit(), it leaves nothing behind in the file system, but for a file that is appended to.
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

/// A file that goes on: tags are written behind those it has, at least once a second of stream time
/// and every 256 KB, so that it can be read up to there whatever happens; commit() puts a new start
/// with the whole index in front of a copy and gives that the name. begin() cuts the file behind
/// its last whole tag; a file without any is begun.
class FlvAppendOutput : public FlvOutput {
 public:
  /// What is in the file; without tracks for one that was not there or is empty.
  virtual const flv::FileScan& found() const = 0;
};

/// Reads the file through. kUsage when `path` is no regular file; kBadInput when it is no FLV or is
/// damaged in front of its end; kIo, also while somebody else appends to it.
Result<std::unique_ptr<FlvAppendOutput>> open_flv_append(const std::string& path);

}  // namespace weir::publish
