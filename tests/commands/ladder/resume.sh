# A run that was killed goes on where it stopped and ends with the bytes of an undisturbed one.
make_clip clip.mp4 14
small_ladder
ladder="transcode-ladder --ladder small.toml --log-level error --preset medium"
$ladder clip.mp4 -o whole.nut
for files in 1 7 13; do
  $ladder clip.mp4 -o out.nut --work work --jobs 2 &
  kill_run KILL $files $!
done
[ -e out.nut ] && echo "half an output has its name"
echo mine >work/mine.txt
kept=$(ls work/chunks/*.chunk | wc -l)
[ "$kept" -ge 3 ] || echo "only $kept chunks were kept"
$ladder clip.mp4 -o out.nut --work work --jobs 1
echo "again: $?"
cmp whole.nut out.nut && echo "the same bytes"
list work
# Without anything else in it the folder goes too.
rm work/mine.txt
$ladder clip.mp4 -o out.nut --work work --jobs 1 &
kill_run KILL 3 $!
$ladder clip.mp4 -o out.nut --work work
cmp whole.nut out.nut && echo "the same bytes"
[ -e work ] && echo "the folder is left"
# A whole run leaves no folder either.
$ladder clip.mp4 -o out.nut --work work
cmp whole.nut out.nut && [ ! -e work ] && echo "the same bytes"
