# What every case may use. It runs in an empty folder of its own.

tools="ingest transcode-ladder hls-segment flv-mux probe"
# Of those, the ones that write a stream.
writers="ingest transcode-ladder flv-mux"

# Runs a tool on an input; hls-segment cannot do without a folder.
open_with() {
  case $1 in
    hls-segment) status hls-segment "${@:2}" -o out ;;
    *) status "$@" ;;
  esac
}

skip() {
  echo "$*"
  exit 77
}

# Waits for `ingest --listen` to say in LOG, which is there, that it listens; 1 when it ends before.
until_listening() {  # LOG PID
  until grep -q listening "$1"; do
    kill -0 "$2" || return
    sleep 0.05
  done
}

# Runs a command and tells its exit status on stdout; what it says on stderr comes first.
status() {
  local code=0
  "$@" 2>&1 || code=$?
  echo "exit $code"
}

# The real clips are not part of the project.
media() {
  [ -n "${WEIR_MEDIA:-}" ] && [ -e "$WEIR_MEDIA/$1" ] || skip "no $1 below WEIR_MEDIA"
}

# make_clip FILE [SECONDS [SIZE [FPS]]]: picture and sound, small and quick to make.
make_clip() {
  ffmpeg -v error -f lavfi -i "testsrc2=size=${3:-320x180}:rate=${4:-25}" -f lavfi -i sine=440:r=48000 \
    -t "${2:-4}" -c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -c:a aac -ac 2 "$1"
}

# A ladder that is done in a moment.
small_ladder() {
  cat > small.toml <<'T'
[[rendition]]
name = "180p"
width = 320
height = 180
bitrate = "300k"

[[rendition]]
name = "90p"
width = 160
height = 90
bitrate = "100k"
T
}

# Names below a folder, sorted, temporary ones too.
list() {
  (cd "$1" && find . -type f | sed 's/^\.\///' | LC_ALL=C sort)
}

# Pictures of one video stream, by decoding.
pictures() {
  ffprobe -v error -select_streams v:0 -count_frames -show_entries stream=nb_read_frames -of csv=p=0 "$1" | head -1 | tr -d ','
}

# kill_run SIGNAL COUNT PID: ends a run when so many files of chunks are in work, and tells how.
kill_run() {
  while [ "$(ls work/chunks 2>/dev/null | wc -l)" -lt "$2" ] && kill -0 "$3"; do sleep 0.01; done
  kill "-$1" "$3"
  local code=0
  { wait "$3"; } 2>/dev/null || code=$?
  echo "at $2 files: $code"
}
