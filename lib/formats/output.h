// Writes packets and events to a pipe stream, or packets alone to a file of another container.
#pragma once

#include <memory>
#include <string>

#include "flow/stage.h"
#include "media/event.h"
#include "media/track.h"

namespace weir::formats {

using Output = flow::Sink<media::Item>;

/// The pipe stream (NUT with an event track; weir-pipe(7)) to a file or "-" for standard output.
/// A file is written under a temporary name and renamed by finish(). push() blocks while the reader
/// of a pipe is slow, and answers kDone when that reader has gone. Track events for all of `tracks`
/// are written first. finish() writes no `end` event; who knows that the stream is whole does.
Result<std::unique_ptr<Output>> open_pipe_output(const std::string& path,
                                                 const media::Tracks& tracks);

/// The same to a descriptor, which it takes and finish() closes; `name` is what messages call it.
Result<std::unique_ptr<Output>> open_pipe_output(int fd, const std::string& name,
                                                 const media::Tracks& tracks);

/// An MP4 of these tracks, its index first, under a temporary name until finish(). Events are
/// ignored. finish() after a failure or without any packet leaves no file.
Result<std::unique_ptr<Output>> open_mp4_output(const std::string& path,
                                                const media::Tracks& tracks);

/// The renditions of a ladder. With "{rendition}" in the path: an MP4 for each video track, named
/// by its rendition, with all sound tracks in it (sound alone: one MP4 for each sound track); the
/// folder is made if needed. Without: the pipe stream to that file or "-".
Result<std::unique_ptr<Output>> open_rendition_output(const std::string& path,
                                                      const media::Tracks& tracks);

/// A recording that is playable after `kill -9`: MPEG-TS when the name ends in ".ts", Matroska when
/// in ".mkv", a pipe stream when in ".nut", else fragmented MP4. Written under its own name (but
/// for
/// ".nut"), so that it can be watched while it grows. kUnsupported, naming the codec, for a track
/// the container cannot carry.
Result<std::unique_ptr<Output>> open_recording(const std::string& path,
                                               const media::Tracks& tracks);

}  // namespace weir::formats
