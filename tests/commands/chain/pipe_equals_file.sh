# A file and a pipe made from it give the same bytes.
make_clip clip.mp4 3
small_ladder
ladder="transcode-ladder --ladder small.toml --mode batch --segment 2s --log-level error"
$ladder clip.mp4 >from_file.nut
ingest clip.mp4 | $ladder >from_pipe.nut
$ladder - <clip.mp4 >from_stdin.nut
cmp from_file.nut from_pipe.nut
cmp from_file.nut from_stdin.nut
hls-segment --log-level error -o a from_file.nut
hls-segment --log-level error -o b <from_pipe.nut
diff -r a b
flv-mux --rendition 90p -o a.flv from_file.nut
flv-mux --rendition 90p -o b.flv <from_pipe.nut
cmp a.flv b.flv
