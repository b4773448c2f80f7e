# A run that was asked to stop finishes its output and keeps its chunks; the next one goes on to the
# end of the input all the same.
make_clip clip.mp4 60
small_ladder
# Little memory, so that the stop comes long before the input was read.
ladder="transcode-ladder --ladder small.toml --log-level error --memory 20M"
$ladder clip.mp4 -o whole.nut
for signal in TERM INT; do
  $ladder clip.mp4 -o out.nut --work work --jobs 1 &
  kill_run $signal 8 $!
  half=$(ffprobe -v error -select_streams v:0 -show_entries packet=size -of csv=p=0 out.nut | wc -l)
  [ "$half" -gt 0 ] && [ "$half" -lt 1500 ] && echo "stopped on the way"
  $ladder clip.mp4 -o out.nut --work work
  cmp whole.nut out.nut && [ ! -e work ] && echo "the same bytes"
done
