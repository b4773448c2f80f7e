# An input that came by a pipe is kept with the chunks; what was killed while it came begins anew.
make_clip clip.mp4 12
ingest clip.mp4 >clip.nut
small_ladder
ladder="transcode-ladder --ladder small.toml --log-level error --preset medium"
$ladder --mode batch <clip.nut >whole.nut
# Killed in the middle of the input.
mkfifo pipe
$ladder --work work -o out.nut <pipe &
run=$!
exec 3>pipe
head -c 100000 clip.nut >&3
while [ ! -e work ]; do sleep 0.01; done
kill_run KILL 0 $run
exec 3>&-
# Killed while it coded, twice.
for files in 2 9; do
  $ladder --work work -o out.nut <clip.nut &
  kill_run KILL $files $!
done
$ladder --work work -o out.nut <clip.nut
echo "again: $?"
cmp whole.nut out.nut && echo "the same bytes"
ls
