# A folder belongs to one job and to one run at a time.
make_clip clip.mp4 12
make_clip other.mp4 12 320x180 24
small_ladder
ladder="transcode-ladder --log-level error --work work"
usual="--ladder small.toml --preset slow"
$ladder $usual clip.mp4 -o out.nut &
run=$!
while [ ! -e work/chunks ]; do sleep 0.01; done
kill -STOP $run
status $ladder $usual clip.mp4 -o second.nut
kill -CONT $run
kill_run KILL 3 $run
list work >before.txt
status $ladder $usual other.mp4 -o out.nut
status $ladder clip.mp4 -o out.nut --ladder small.toml --preset fast
status $ladder $usual clip.mp4 -o out.nut --gop 1s
status $ladder $usual clip.mp4 -o out.nut --quality 23
sed 's/300k/310k/' small.toml >changed.toml
status $ladder clip.mp4 -o out.nut --ladder changed.toml --preset slow
list work | diff before.txt -
[ -e out.nut ] || [ -e second.nut ] && echo "a refused run made an output"
status $ladder $usual clip.mp4 -o out.nut
[ -e work ] && list work
# A folder that cannot be made, and one that is a file.
status transcode-ladder $usual clip.mp4 -o out2.nut --work clip.mp4
status transcode-ladder $usual clip.mp4 -o out2.nut --work /proc/work
ls
