# A full disk is a failure: one line, status 1, no half file under a final name.
make_clip clip.mp4 4
small_ladder
full() { "$@" >/dev/full; }
for command in "ingest clip.mp4" "transcode-ladder clip.mp4 --ladder small.toml --log-level error" \
  "flv-mux clip.mp4 -o -" "probe clip.mp4" "probe --help"; do
  status full $command
done
# Files that may not grow beyond a few blocks behave like a disk that is nearly full.
nearly_full() { (trap '' XFSZ; ulimit -f "${blocks:-8}"; exec "$@"); }
mkdir out
status nearly_full ingest clip.mp4 -o out/a.nut
status nearly_full flv-mux clip.mp4 -o out/a.flv
blocks=64
status nearly_full transcode-ladder clip.mp4 --ladder small.toml --log-level error -o 'out/{rendition}.mp4'
list out
