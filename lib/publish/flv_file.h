// A stream as FLV, to a file or to a pipe.
#pragma once

#include <memory>
#include <string>

#include "base/log.h"
#include "base/progress.h"
#include "base/result.h"
#include "flow/stage.h"
#include "media/event.h"
#include "media/track.h"
#include "publish/flv_output.h"
#include "publish/flv_tracks.h"

namespace weir::publish {

struct FlvFileOptions {
  std::string path = "-";      ///< "-" is standard output.
  std::string rendition = {};  ///< "" takes the largest picture.
  std::string encoder = {};    ///< Who wrote it, for onMetaData.
  bool nanoseconds = false;    ///< See flv::MuxerOptions.
  bool append = false;         ///< Go on with the file that is there.
  bool multitrack = false;     ///< All pictures and sound, not one of each.
  bool utc = false;  ///< flv::utc_body() every two seconds, once the stream has an anchor.
};

/// Writes the chosen tracks of a stream; packets of others and events are passed over.
///
/// Dropped    While a `rendition` event has a picture dropped, the others are written without it;
///            stamps go on when it is back. Both are said in the log.
/// File       Seekable: onMetaData in front has duration, size and an index of the key frames. It
///            appears under its name, whole, in finish(). After a failure, and when no packet came,
///            there is no file.
/// Append     The file grows in place and is whole up to the last second written whatever happens;
///            finish() gives it a new start with duration and the whole index. A tag that is cut
///            off at its end is removed, which the log says. Stamps go on behind those it has by
///            one offset for all tracks, configurations are written again. kUsage unless it holds
///            the tracks and codecs of the stream, see check_joinable(); then, and when no packet
///            comes, it stays as it is. A file that is not there is begun.
/// Pipe       onMetaData says what is known beforehand, without duration and index. push() blocks
///            while the reader is slow and answers kDone when it has gone.
/// Time       Stamps start at 0 by one shift for all tracks. To find the earliest stamp the first
///            packets are held until all tracks have come, at most a second of stream time.
/// Change     A track that goes on as another (media::change_event) gets the configuration of that;
///            onMetaData tells of the first.
/// Index      Of the key frames of the ordinary picture track.
/// Failure    open: kUsage (terminal, rendition), kUnsupported (a codec FLV cannot carry), kIo.
///            push: kIo (full disk), kBadInput (damaged parameter sets).
/// `log` and `progress` are borrowed.
Result<std::unique_ptr<flow::Sink<media::Item>>> open_flv_file(const media::Tracks& tracks,
                                                               const FlvFileOptions& options,
                                                               Log& log, Progress& progress);

/// The same tags to an output of another kind; path, rendition, append and multitrack do not count.
Result<std::unique_ptr<flow::Sink<media::Item>>> open_flv_into(const FlvTracks& tracks,
                                                               const FlvFileOptions& options,
                                                               std::unique_ptr<FlvOutput> output,
                                                               Log& log, Progress& progress);

}  // namespace weir::publish
